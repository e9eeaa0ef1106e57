import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { FEEDS, inStep, pictures, playing, tile, watchLive } from './wall'

/** What each video does, in the order of the tiles' positions. */
const videos = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[role=group][data-number]')]
      .sort((a, b) => Number(a.dataset['number']) - Number(b.dataset['number']))
      .map((t) => {
        const v = t.querySelector('video') as HTMLVideoElement
        const { paused, muted, videoHeight, src } = v
        return { title: t.getAttribute('aria-label') ?? '', paused, muted, videoHeight, src }
      }),
  )
/** Whether all play again, in the same elements and from the same sources as before. */
async function unharmed(page: Page, before: Awaited<ReturnType<typeof pictures>>, sources: string[]) {
  const now = await playing(page, before.length)
  expect(now.map((p) => p.element)).toEqual(before.map((p) => p.element))
  expect((await videos(page)).map((v) => v.src)).toEqual(sources)
  return now
}

test('what nobody sees is not decoded, what is heard plays on, and all come back without a restart', async ({
  page,
}) => {
  await watchLive(page)
  const before = await inStep(page, FEEDS.length)
  const sources = (await videos(page)).map((v) => v.src)
  const heard = (await videos(page)).filter((v) => !v.muted).map((v) => v.title)
  expect(heard).toHaveLength(1)
  const decoded = () => videos(page).then((list) => list.filter((v) => !v.paused).map((v) => v.title))

  await page.keyboard.press('Alt+4')
  await expect.poll(decoded, { message: 'on another page' }).toEqual(heard)
  await page.waitForTimeout(8_000) // longer than their buffers may wait for
  await page.keyboard.press('Alt+2')
  const back = await unharmed(page, before, sources)
  for (const [i, p] of back.entries())
    expect(p.time - (before[i]?.time ?? 0), `${p.title} is live again, not where it rested`).toBeGreaterThan(
      8,
    )

  // Behind a tile that fills the screen.
  await page.keyboard.press('f')
  await expect.poll(decoded, { message: 'behind the tile in full screen' }).toEqual(heard)
  await page.keyboard.press('f')
  await unharmed(page, before, sources)
})

test('a frozen picture is restarted, and no other', async ({ page }) => {
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  await tile(page, 'Timing')
    .locator('video')
    .evaluate((v: HTMLVideoElement) => {
      const frames = v.getVideoPlaybackQuality().totalVideoFrames
      v.getVideoPlaybackQuality = () =>
        ({ totalVideoFrames: frames, droppedVideoFrames: 0 }) as VideoPlaybackQuality
      v.addEventListener('emptied', () => Reflect.deleteProperty(v, 'getVideoPlaybackQuality'), {
        once: true,
      })
    })
  const sources = new Map((await videos(page)).map((v) => [v.title, v.src]))
  const restarted = () =>
    videos(page).then((list) => list.filter((v) => v.src !== sources.get(v.title)).map((v) => v.title))
  await expect.poll(restarted).toEqual(['Timing'])
  const now = await playing(page, FEEDS.length)
  expect(now.map((p) => p.element)).toEqual(before.map((p) => p.element))
  expect(await restarted()).toEqual(['Timing'])
  await expect(tile(page, 'Timing').getByRole('img', { name: 'playing' })).toBeVisible()
})

test.describe('on a screen with two pixels a point', () => {
  test.use({ viewport: { width: 1280, height: 720 }, deviceScaleFactor: 2 })

  test('tiles load what their size needs; if frames are dropped, they step down, and it is told once', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      const real = HTMLVideoElement.prototype.getVideoPlaybackQuality
      const state = window as { loss?: number }
      HTMLVideoElement.prototype.getVideoPlaybackQuality = function () {
        const { totalVideoFrames: total } = real.call(this)
        return {
          totalVideoFrames: total,
          droppedVideoFrames: Math.round(total * (state.loss ?? 0)),
        } as VideoPlaybackQuality
      }
    })
    await page.goto('/#/watch')
    await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
    await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
    await page.getByRole('button', { name: 'Watch Onboard 44 Okonedo', exact: true }).click()
    const before = await playing(page, 3)
    await expect(async () => {
      await page.keyboard.press('g')
      await expect(page.getByTitle(/^Layout 2x2\b/)).toBeVisible({ timeout: 100 })
    }).toPass()
    await page.keyboard.press('1')
    const heights = () => videos(page).then((list) => list.map((v) => v.videoHeight))
    await expect.poll(heights, { message: 'about 500 pixels high' }).toEqual([720, 720, 720])

    await page.evaluate(() => ((window as { loss?: number }).loss = 0.1))
    const told = page.getByText(
      'This device drops frames with 3 feeds, so the smallest tiles play at a lower quality.',
    )
    await expect(told).toBeVisible()
    await expect
      .poll(heights, { message: 'one that has not the focus steps down first' })
      .not.toEqual([720, 720, 720])
    expect((await heights()).filter((h) => h === 360)).toHaveLength(1)
    await expect.poll(heights, { message: 'then the other' }).toEqual([720, 360, 360])
    await page.evaluate(() => ((window as { loss?: number }).loss = 0))
    await expect(told).toBeHidden()
    const now = await playing(page, 3)
    expect(now.map((p) => p.element)).toEqual(before.map((p) => p.element))
  })
})
