import { defineConfig } from '@playwright/test'

// Tests of the page in Debian's Chromium, with the real program. Locally nothing is retried: a flaky test is a bug. A
// shared CI runner gets one retry, and lists the flaky tests at the end.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/build.ts',
  fullyParallel: true,
  // Four videos are decoded in software; more at once would overload the machine.
  workers: Number(process.env['GRIDWALL_WORKERS'] ?? 2),
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  // Generous, because a loaded machine is slow.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 720 },
    // Tracing every test would cost a third of the CPU time that playback needs.
    trace: process.env['CI'] ? 'on-first-retry' : 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--autoplay-policy=no-user-gesture-required',
        '--mute-audio',
      ],
    },
  },
})
