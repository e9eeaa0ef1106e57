import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, tile, watchLive } from './wall'

test('two screens on one server do not overwrite each other’s wall or saved walls', async ({
  page,
  browser,
  gridwall,
}) => {
  await watchLive(page)
  await playing(page, FEEDS.length)
  const saved = async (p: typeof page) => {
    await p.getByRole('button', { name: 'Layouts', exact: true }).click()
    return p.getByRole('dialog', { name: 'Layouts' })
  }

  // The other screen starts with the same wall, before another is saved.
  const tv = await (await browser.newContext({ baseURL: gridwall.url })).newPage()
  await tv.goto('/#/watch')
  await playing(tv, FEEDS.length)

  let dialog = await saved(page)
  await dialog.getByRole('textbox', { name: 'Name of this wall' }).fill('Monaco')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog.getByRole('button', { name: /^Monaco/ })).toBeVisible()
  await page.keyboard.press('Escape')

  await tile(tv, 'Timing').hover()
  await tile(tv, 'Timing').getByRole('button', { name: 'Close', exact: true }).click()
  await tv.keyboard.press('m')
  await expect
    .poll(async () => JSON.stringify(await gridwall.get('/api/v1/layouts')), { message: 'the wall is saved' })
    .not.toContain('Timing')

  dialog = await saved(tv)
  await expect(
    dialog.getByRole('button', { name: /^Monaco/ }),
    'shown on the other screen without a reload',
  ).toBeVisible()
  await tv.close()
  await page.reload()
  await playing(page, FEEDS.length)
  expect((await pictures(page)).map((p) => p.title)).toContain('Timing')
  dialog = await saved(page)
  await expect(dialog.getByRole('button', { name: /^Monaco/ })).toBeVisible()
})
