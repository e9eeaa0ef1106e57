import { expect, test } from './fixtures'
import { FEEDS, playing, watchLive } from './wall'

test('the screen is kept on while something plays, and may turn off once all is paused', async ({ page }) => {
  await page.addInitScript(() => {
    const locks: WakeLockSentinel[] = []
    Object.assign(window, { locks })
    const request = navigator.wakeLock.request.bind(navigator.wakeLock)
    navigator.wakeLock.request = async (type) => {
      const lock = await request(type)
      locks.push(lock)
      return lock
    }
  })
  const held = () =>
    page.evaluate(
      () => (window as unknown as { locks: WakeLockSentinel[] }).locks.filter((l) => !l.released).length,
    )
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  await expect.poll(held).toBe(1)
  for (let place = 1; place <= FEEDS.length; place++) {
    expect(await held(), 'one that still plays keeps the screen on').toBe(1)
    await page.keyboard.press(String(place))
    await page.keyboard.press('Space')
  }
  // A quarter of a minute after the last.
  await expect.poll(held, { timeout: 30_000 }).toBe(0)
  await page.keyboard.press('Space')
  await expect.poll(held).toBe(1)
  const paused = await page
    .locator('[data-number] video')
    .evaluateAll((all) => all.map((v) => (v as HTMLVideoElement).paused))
  expect(paused.filter((is) => !is)).toHaveLength(1)
  expect(before).toHaveLength(FEEDS.length)
})
