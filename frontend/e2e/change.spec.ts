import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { inStep, pictures, playing, settled, tile, type Picture } from './wall'

/** The longest time in ms for which a tile may show no moving picture while its feed changes. */
const STANDSTILL = 1_000

/** Opens these feeds from the list. */
async function open(page: Page, ...feeds: string[]): Promise<Picture[]> {
  await page.goto('/#/watch')
  for (const feed of feeds) await page.getByRole('button', { name: `Watch ${feed}`, exact: true }).click()
  return inStep(page, feeds.length)
}

/** Watches the visible picture of the second tile, until the returned function is called: its longest standstill, in ms. */
async function watchSecond(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = {
      frames: -1,
      video: undefined as HTMLVideoElement | undefined,
      at: performance.now(),
      longest: 0,
    }
    Object.assign(window, { seen })
    const look = () => {
      const video = [...document.querySelectorAll<HTMLVideoElement>('[data-number="2"] video')].find(
        (v) => getComputedStyle(v).opacity === '1',
      )
      const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? -1
      const now = performance.now()
      if (video && video.readyState >= 2 && (frames !== seen.frames || video !== seen.video))
        Object.assign(seen, { frames, video, at: now })
      else seen.longest = Math.max(seen.longest, now - seen.at)
      requestAnimationFrame(look)
    }
    look()
  })
  return () => page.evaluate(() => (window as unknown as { seen: { longest: number } }).seen.longest)
}

/** The tile at position 2 shows this feed, and the others have not restarted. */
async function changed(page: Page, before: Picture[], title: string): Promise<void> {
  await expect
    .poll(async () => (await pictures(page)).map((p) => p.title), { timeout: 20_000 })
    .toEqual([before[0]?.title, title, before[2]?.title])
  const after = await playing(page, 3)
  for (const i of [0, 2]) {
    expect(after[i]?.element, 'another tile keeps its element').toBe(before[i]?.element)
    expect(after[i]?.time, 'another tile keeps playing').toBeGreaterThan(before[i]?.time ?? Infinity)
  }
  await expect(page.locator('[data-number="2"] video')).toHaveCount(1)
}

const middle = async (of: Locator) => {
  const box = await of.boundingBox()
  if (!box) throw new Error('it has no position')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('a tile changes its feed by button, by key and by dragging, without a gap', async ({ page }) => {
  test.setTimeout(120_000)
  let before = await open(page, 'World feed', 'Onboard 7 Arkwright', 'Onboard 44 Okonedo')
  await page.keyboard.press('2')
  for (let i = 0; i < 5; i++) await page.keyboard.press('-')
  await tile(page, 'Onboard 7 Arkwright').hover()
  const longest = await watchSecond(page)

  await tile(page, 'Onboard 7 Arkwright').getByRole('button', { name: 'Change feed', exact: true }).click()
  await expect(page.getByText('Choose a feed to show in place of Onboard 7 Arkwright')).toBeVisible()
  await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
  await changed(page, before, 'Timing')
  const timing = page.locator('[data-number="2"] video')
  expect(await timing.evaluate((v: HTMLVideoElement) => [v.volume, v.muted])).toEqual([0.5, false])

  // The second tile has the focus.
  before = await pictures(page)
  await page.keyboard.press('c')
  await page.keyboard.type('arkwright')
  await page.keyboard.press('Enter')
  await changed(page, before, 'Onboard 7 Arkwright')

  before = await pictures(page)
  await settled(page)
  const [from, to] = [
    await middle(page.getByRole('button', { name: 'Watch Timing', exact: true })),
    await middle(tile(page, 'Onboard 7 Arkwright')),
  ]
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x - 40, to.y, { steps: 8 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
  await changed(page, before, 'Timing')
  expect(await longest(), 'the longest standstill of the changed tile in ms').toBeLessThan(STANDSTILL)
})

test('choosing another feed can be cancelled, and a feed of the wall swaps its place', async ({ page }) => {
  const before = await open(page, 'World feed', 'Onboard 7 Arkwright', 'Onboard 44 Okonedo')
  await page.keyboard.press('2')
  await page.keyboard.press('c')
  await page.keyboard.press('Escape')
  await expect(page.getByText('Choose a feed to show in place of')).toHaveCount(0)

  await page.keyboard.press('c')
  await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
  await expect
    .poll(async () => (await pictures(page)).map((p) => p.title))
    .toEqual(['Onboard 7 Arkwright', 'World feed', 'Onboard 44 Okonedo'])
  const after = await playing(page, 3)
  expect(after.map((p) => p.element).sort()).toEqual(before.map((p) => p.element).sort())
})
