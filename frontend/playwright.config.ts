import { defineConfig } from '@playwright/test'

// Tests of the page in Debian's Chromium, with the real program. Nothing is retried: a flaky test is a bug.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/build.ts',
  fullyParallel: true,
  // Four videos are decoded in software; more at once would overload the machine.
  workers: Number(process.env['GRIDWALL_WORKERS'] ?? 2),
  forbidOnly: Boolean(process.env['CI']),
  // Generous, because a loaded machine is slow.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 720 },
    // Tracing every test costs a third of the CPU time that playback needs.
    trace: process.env['CI'] ? 'off' : 'retain-on-failure',
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
