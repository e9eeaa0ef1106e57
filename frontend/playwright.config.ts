import { defineConfig } from '@playwright/test'

// The page in Debian's Chromium, on the real program. At a desk nothing is tried twice: what fails now and then is a
// fault. A runner that others share gets one more try, and names what needed it as flaky in its closing lines.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/build.ts',
  fullyParallel: true,
  // Four pictures are decoded in software: more at once would measure the machine.
  workers: Number(process.env['GRIDWALL_WORKERS'] ?? 2),
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  // Generous: a test waits for what must come, and a loaded machine takes its time.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 720 },
    // A trace of each test that passes would cost a third of the processor that its pictures need.
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
