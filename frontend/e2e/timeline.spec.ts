import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, tile, watchLive } from './wall'

test('the timeline of a tile shows its last minutes, and becomes a report', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  const scripts = () =>
    page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((e) => e.name)
        .filter((n) => /uPlot.*[.]js/i.test(n)),
    )
  expect(await scripts(), 'the library is not loaded before it is needed').toEqual([])
  await page.keyboard.press('1')
  const title = (await page.locator('[role=group][data-number="1"]').getAttribute('aria-label')) ?? ''

  await page.keyboard.press('t')
  const dialog = page.getByRole('dialog', { name: `Timeline of ${title}` })
  const chart = (name: string) => dialog.getByRole('figure', { name: new RegExp(`^${name}: `) })
  for (const name of ['Buffer', 'Drift', 'Bitrate']) {
    await expect(chart(name)).toBeVisible()
    await expect(chart(name).locator('canvas')).toBeVisible()
  }
  await expect(chart('Buffer')).toHaveAccessibleName(/Buffer: \d+\.\d s at least, .* on average, .* at most/)
  expect((await scripts()).length).toBeGreaterThan(0)
  await expect(dialog.getByRole('list', { name: 'Events' })).toContainText('token renewed', {
    timeout: 60_000,
  })

  await dialog.getByRole('button', { name: 'Copy report' }).click()
  const report = await page.evaluate(() => navigator.clipboard.readText())
  expect(report).toContain(`timeline of ${title} (Demo)`)
  expect(report).toMatch(/\d\d:\d\d:\d\d token renewed/)
  expect(report).toMatch(/Frames: \d+, dropped \d+ \(\d+\.\d\d %\)/)
  expect(report).not.toMatch(/https?:|hdnts|hmac|127\.0\.0\.1|\/hls\//)

  await page.keyboard.press('t')
  await expect(dialog).toBeHidden()
  // From the menu, too; no tile has restarted meanwhile.
  await page.keyboard.press('q')
  await page.getByRole('menuitem', { name: 'Timeline (T)' }).click()
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect((await pictures(page)).map((p) => p.element)).toEqual(before.map((p) => p.element))
  await playing(page, FEEDS.length)
  await expect(tile(page, title)).toHaveAttribute('aria-current', 'true')
})
