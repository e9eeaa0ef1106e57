import { BROKEN, expect, test } from './fixtures'
import { Upstream } from './upstream'
import { chooseLayout, FEEDS, pictures, playing, tile, watchLive } from './wall'

test('the wall is restored after a reload and after a restart of the server', async ({
  page,
  gridwall,
  guard,
}) => {
  guard.allow(...BROKEN)
  await watchLive(page)
  await chooseLayout(page, '2x2')
  await playing(page, FEEDS.length)
  // A changed arrangement: swapped, and one feed fewer.
  await tile(page, 'World feed').click()
  await page.keyboard.press('Shift+ArrowRight')
  await tile(page, 'Timing').hover()
  await tile(page, 'Timing').getByRole('button', { name: 'Close', exact: true }).click()
  const titles = (await playing(page, FEEDS.length - 1)).map((p) => p.title)
  await expect
    .poll(async () => JSON.stringify(await gridwall.get('/api/v1/layouts')), { message: 'the wall is saved' })
    .not.toContain('Timing')

  await page.reload()
  expect((await playing(page, titles.length)).map((p) => p.title)).toEqual(titles)
  await expect(page.getByTitle(/^Layout 2x2\b/)).toBeVisible()

  await gridwall.stop()
  await gridwall.start()
  await page.goto('about:blank')
  await page.goto('/#/watch')
  expect((await playing(page, titles.length)).map((p) => p.title)).toEqual(titles)
  await expect(page.getByTitle(/^Layout 2x2\b/)).toBeVisible()
})

test('the page says that the server is gone, and resumes without a reload when it is back', async ({
  page,
  gridwall,
  guard,
}) => {
  test.setTimeout(150_000)
  guard.allow(...BROKEN)
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  await gridwall.stop('SIGKILL')
  const lost = page.getByRole('alert').filter({ hasText: 'Reconnecting' })
  await expect(lost).toBeVisible()
  // Each tile plays its buffer, then says that it has stopped.
  for (const title of FEEDS)
    await expect(tile(page, title)).toContainText(/has stopped.*Gridwall is not responding/, {
      timeout: 40_000,
    })
  await gridwall.start()
  await expect(lost).toBeHidden({ timeout: 20_000 })
  const after = await playing(page, FEEDS.length, 60_000)
  expect(after.map((p) => p.element)).toEqual(before.map((p) => p.element))
  for (const title of FEEDS) await expect(tile(page, title)).not.toContainText('has stopped')
})

test.describe('an upstream that fails', () => {
  test.use({ demo: false })
  let upstream: Upstream
  test.beforeAll(async () => {
    upstream = new Upstream()
    await upstream.start()
  })
  test.afterAll(() => upstream.stop())

  for (const [behaviour, what, why] of [
    ['refuses', 'refuses requests', /CDN answered 503/],
    ['gone', 'is gone', /CDN (cannot be reached|closed the connection|did not answer)/],
  ] as const)
    test(`a feed whose CDN ${what} says so, tries again, and plays on by itself`, async ({
      page,
      gridwall,
      guard,
    }) => {
      test.setTimeout(180_000)
      guard.allow(...BROKEN)
      upstream.behave('works')
      gridwall.writeSource('world', upstream.source('World feed'))
      gridwall.writeSource('timing', upstream.source('Timing'))
      await page.goto('/#/watch')
      await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
      await playing(page, 1)
      const world = tile(page, 'World feed')
      // The first frames are drawn a moment before the player reports playback.
      await expect(world).not.toContainText('Starting')
      upstream.behave(behaviour)
      await expect(world).toContainText('World feed has stopped', { timeout: 60_000 })
      await expect(world).toContainText(why, { timeout: 30_000 })
      await expect(world).toContainText(/Trying again/)
      await expect(world.getByRole('button', { name: 'Try again now' })).toBeVisible()
      upstream.behave('works')
      await playing(page, 1, 60_000)
      await expect(world).not.toContainText('has stopped')
      expect(await pictures(page)).toHaveLength(1)
    })
})
