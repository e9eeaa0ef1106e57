import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, REFUSED, test } from './fixtures'
import { Upstream } from './upstream'
import { playing } from './wall'

test.use({ demo: false })
let upstream: Upstream
test.beforeAll(async () => {
  upstream = new Upstream()
  await upstream.start()
})
test.afterAll(() => upstream.stop())

const TOKEN = 'secret-4711'

test('a source for a link is found, saved, tested, edited, disabled, deleted and restored', async ({
  page,
  gridwall,
}) => {
  const file = join(gridwall.dir, 'config', 'sources', 'club.toml')
  await page.goto('/#/sources')
  await expect(page.getByRole('heading', { name: 'No sources yet' })).toBeVisible()
  await page.getByLabel('Paste a link').fill(`${upstream.url}/api/live?token=${TOKEN}`)
  await page.keyboard.press('Enter')

  // Shown before it is saved.
  const card = page.getByRole('region', { name: 'Found source' })
  await expect(card).toContainText('4 feeds')
  for (const title of upstream.titles) await expect(card).toContainText(title)
  await card.getByLabel('Name', { exact: true }).fill('Club TV')
  await card.getByLabel('Key', { exact: true }).fill('club')
  expect(existsSync(file), 'nothing is saved before Save source').toBe(false)
  await card.getByRole('button', { name: 'Save source' }).click()
  const row = page.getByRole('listitem', { name: 'Club TV' })
  await expect(row).toContainText(/4 (feeds|live)/, { timeout: 20_000 })
  expect(readFileSync(file, 'utf8')).toContain('kind = "json"')

  // A dry run shows each step, and no token.
  await row.getByRole('button', { name: 'Try Club TV' }).click()
  const dry = page.getByRole('dialog', { name: /Dry run/ })
  await expect(dry).toContainText('Found 4 feeds')
  await expect(dry.getByRole('listitem').first()).toContainText(/GET.*\/api\/live/)
  await expect(dry).toContainText('200')
  expect(await dry.innerHTML()).not.toContain(TOKEN)
  await dry.getByRole('button', { name: 'Close' }).click()

  // Edited in the form; the text follows.
  await row.getByRole('button', { name: 'Edit Club TV' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Club Television')
  await expect(page.getByLabel('Text of the file')).toHaveValue(/Club Television/)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const renamed = page.getByRole('listitem', { name: 'Club Television' })
  await expect(renamed).toBeVisible()
  expect(readFileSync(file, 'utf8')).toContain('Club Television')

  // Off, and on again.
  const on = renamed.getByRole('switch', { name: 'Club Television on' })
  await on.click()
  await expect(on).toHaveAttribute('aria-checked', 'false')
  await expect.poll(() => readFileSync(file, 'utf8')).toContain('enabled = false')
  await on.click()
  await expect(on).toHaveAttribute('aria-checked', 'true')

  // Deleted, and restored unchanged.
  const text = readFileSync(file, 'utf8')
  await renamed.getByRole('button', { name: 'Delete Club Television' }).click()
  await expect(renamed).toHaveCount(0)
  expect(existsSync(file)).toBe(false)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(renamed).toBeVisible()
  expect(readFileSync(file, 'utf8')).toBe(text)

  // And its feeds play.
  await page.goto('/#/watch')
  await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
  await playing(page, 1)
})

test('an M3U list and a single playlist are recognised; a web page is refused with a reason', async ({
  page,
  guard,
}) => {
  guard.allow(REFUSED)
  await page.goto('/#/sources')
  const link = page.getByLabel('Paste a link')
  const card = page.getByRole('region', { name: 'Found source' })
  await link.fill(`${upstream.url}/list.m3u`)
  await page.keyboard.press('Enter')
  await expect(card).toContainText('M3U')
  await expect(card).toContainText('4 feeds')
  await card.getByRole('button', { name: 'Discard' }).click()
  await link.fill(upstream.feed('Timing'))
  await page.keyboard.press('Enter')
  await expect(card).toContainText('1 feed')
  await card.getByRole('button', { name: 'Discard' }).click()
  await link.fill(`${upstream.url}/page`)
  await page.keyboard.press('Enter')
  // A page without a feed in its text is opened in a browser before it is refused.
  await expect(page.getByRole('alert').filter({ hasText: 'web page' })).toBeVisible({ timeout: 60_000 })
  await expect(card).toHaveCount(0)
})

/** Drops a text file or a link on the page. Returns whether the page handled dragover and drop. */
const drop = (page: Page, what: { file?: [name: string, text: string]; link?: string }) =>
  page.evaluate(({ file, link }) => {
    const dataTransfer = new DataTransfer()
    if (file) dataTransfer.items.add(new File([file[1]], file[0]))
    if (link) dataTransfer.setData('text/uri-list', link)
    const dispatch = (type: string) =>
      !document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    return [dispatch('dragover'), dispatch('drop')]
  }, what)

test('a list or a link can be dropped on any page', async ({ page }) => {
  await page.goto('/#/schedule')
  await expect(page.getByRole('link', { name: 'Sources' })).toBeVisible()
  const list = '#EXTM3U\n#EXTINF:-1,Onboard 44\nhttp://127.0.0.1:9/44.m3u8\n'
  expect(await drop(page, { file: ['Club TV.m3u', list] }), 'the browser does not open it').toEqual([
    true,
    true,
  ])
  await expect(page).toHaveURL(/#\/sources/)
  await expect(page.getByRole('region', { name: 'Dry run' })).toContainText('Onboard 44')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('listitem', { name: 'Club TV' })).toBeVisible()

  await page.goto('/#/settings')
  expect(await drop(page, { link: `${upstream.url}/list.m3u` })).toEqual([true, true])
  await expect(page.getByRole('region', { name: 'Found source' })).toContainText('4 feeds')
})

test('a file with errors says what is wrong and where, and can be fixed in its text', async ({
  page,
  gridwall,
}) => {
  gridwall.writeSource('broken', 'kind = "m3u"\nulr = "http://127.0.0.1/list.m3u"\n')
  await page.goto('/#/sources')
  const row = page.getByRole('listitem').filter({ hasText: 'broken' })
  await expect(row).toContainText(/ulr/)
  await expect(row).toContainText(/2/)
  await row.getByRole('button', { name: /^Edit/ }).click()
  const text = page.getByLabel('Text of the file')
  await text.fill(`name = "Fixed"\nkind = "m3u"\nurl = "${upstream.url}/list.m3u"\nallow_private = true\n`)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('listitem', { name: 'Fixed' })).toContainText(/4 (feeds|live)/, {
    timeout: 20_000,
  })
})

test('the demo starts with one click at a first start', async ({ page }) => {
  await page.goto('/#/sources')
  await page.getByRole('button', { name: 'Try the demo' }).click()
  await expect(page).toHaveURL(/#\/watch/, { timeout: 20_000 })
  await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
  await playing(page, 1)
})
