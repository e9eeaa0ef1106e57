import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, tile, watchLive, watchPictures } from './wall'

/** Four token lifetimes of the demo, in seconds. */
const WATCHED = 120
/** The longest tolerated stall, in ms. */
const STALL = 2_000

test('four feeds play through four token lifetimes, and the page shows it', async ({ page, gridwall }) => {
  test.setTimeout((WATCHED + 90) * 1000)
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  expect(before.map((p) => p.title).sort()).toEqual([...FEEDS].sort())
  const renewed = new Map((await gridwall.active()).map((a) => [a.id, a.refresh_count]))
  expect(renewed.size).toBe(FEEDS.length)
  await watchPictures(page)

  // The token's meter falls, and is full again after a renewal.
  const meter = tile(page, 'World feed').getByRole('meter')
  let least = Infinity
  let refilled = 0
  for (const end = Date.now() + WATCHED * 1000; Date.now() < end;) {
    const left = Number(await meter.getAttribute('aria-valuenow'))
    if (left > least + 5) {
      refilled++
      least = left
    }
    least = Math.min(least, left)
    await page.waitForTimeout(1000) // the time that is watched
  }
  expect(refilled, 'the meter was full again').toBeGreaterThanOrEqual(3)

  const after = await pictures(page)
  for (const [i, a] of after.entries()) {
    const b = before[i]
    expect(a.element, `${a.title} is the same element as before`).toBe(b?.element)
    expect(a.time - (b?.time ?? 0), `${a.title} plays at normal speed`).toBeGreaterThan(WATCHED - 5)
    expect(a.stall, `the longest stall of ${a.title}`).toBeLessThan(STALL)
  }
  for (const a of await gridwall.active()) {
    expect(a.refresh_count - (renewed.get(a.id) ?? 0), `renewals of ${a.title}`).toBeGreaterThanOrEqual(4)
    expect(a.last_error).toBe('')
  }
})

test('a feed that was opened by its button is heard, and shows its facts', async ({ page }) => {
  await page.goto('/#/watch')
  await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
  await playing(page, 1)
  const world = tile(page, 'World feed')
  await expect(world).toContainText(/live −\d+\.\d s/)
  await expect(world).toContainText(/token \d:\d\d left/)
  await expect(world).toContainText(/dropped \d+/)
  await world.hover()
  await world.getByRole('button', { name: 'Mute', exact: true }).click()
  await expect(world.getByRole('button', { name: 'Unmute', exact: true })).toBeVisible()
  expect(await world.locator('video').evaluate((v: HTMLVideoElement) => v.muted)).toBe(true)
})
