import { readFileSync } from 'node:fs'
import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, tile, watchLive } from './wall'

const [, ARKWRIGHT, OKONEDO] = FEEDS

test('an offset belongs to the feed: it survives closing and a reload, and other screens have it', async ({
  page,
  browser,
  gridwall,
}) => {
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  const okonedo = tile(page, OKONEDO)
  await okonedo.click({ position: { x: 60, y: 60 } })
  for (const key of ['.', '.', '.', ',']) await page.keyboard.press(key)
  await expect(okonedo.getByRole('note')).toContainText('+0.1 s')
  await expect(okonedo.getByRole('note')).toContainText('step date time')

  // The popover sets it for all onboards; then one of them gets its own.
  await okonedo.hover()
  await okonedo.getByRole('button', { name: 'Offset', exact: true }).click()
  const popover = okonedo.getByRole('dialog', { name: `Offset of ${OKONEDO}` })
  await popover.getByRole('button', { name: '−1 s' }).click()
  await popover.getByRole('radio', { name: /^all “Onboard” feeds of .* \(2\)$/ }).check()
  await expect(popover).toContainText('Step is known by: date time')
  await expect(tile(page, ARKWRIGHT).getByRole('note')).toContainText('−0.9 s')
  await page.keyboard.press('Escape')
  await expect(popover).toBeHidden()
  await expect(okonedo.getByRole('button', { name: 'Offset', exact: true })).toBeFocused()
  await tile(page, ARKWRIGHT).hover()
  await tile(page, ARKWRIGHT).getByRole('button', { name: 'Offset', exact: true }).click()
  const other = page.getByRole('dialog', { name: `Offset of ${ARKWRIGHT}` })
  await other.getByRole('radio', { name: 'this feed' }).check()
  const field = other.getByLabel('Offset', { exact: true })
  await field.fill('90')
  await field.press('Enter')
  await expect(other).toContainText('Enter −60 to 60 s.')
  await field.selectText()
  await page.keyboard.type('0,5')
  await page.keyboard.press('Escape')
  await expect(tile(page, ARKWRIGHT).getByRole('note')).toContainText('+0.5 s')

  const stored = async () =>
    ((await (await page.request.get('/api/v1/offsets')).json()) as { offsets: { ms: number }[] }).offsets
  await expect.poll(stored).toEqual([
    { source: 'demo', kind: 'Onboard', ms: -900 },
    { source: 'demo', feed: ARKWRIGHT, ms: 500 },
  ])
  const after = await pictures(page)
  for (const [i, a] of after.entries()) {
    expect(a.element, `${a.title} is the same element as before`).toBe(before[i]?.element)
    // Its time may go back by the offset.
    expect(a.frames, `${a.title} plays on`).toBeGreaterThan(before[i]?.frames ?? Infinity)
  }

  await page.reload()
  await expect(tile(page, ARKWRIGHT).getByRole('note')).toContainText('+0.5 s')
  const second = await browser.newPage({ baseURL: gridwall.url })
  await second.goto('/#/watch?stream=' + ((await gridwall.active())[0]?.id ?? ''))
  await page.request.put('/api/v1/offsets', {
    data: {
      offsets: [
        { source: 'demo', kind: 'Onboard', ms: null },
        { source: 'demo', feed: FEEDS[0], ms: 50 },
      ],
    },
  })
  await expect(tile(page, FEEDS[0]).getByRole('note')).toContainText('+0.05 s')
  await expect(tile(page, OKONEDO).getByRole('note')).not.toContainText('−0.9 s')
  await second.close()
})

test('offsets are exported to a file, and imported without losing any', async ({ page }) => {
  await page.request.put('/api/v1/offsets', {
    data: { offsets: [{ source: 'demo', feed: 'Timing', ms: 100 }] },
  })
  await page.goto('/#/settings')
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export offsets' }).click()
  const file = await downloading
  expect(file.suggestedFilename()).toBe('gridwall-offsets.json')
  const text = readFileSync(await file.path(), 'utf8')
  expect(JSON.parse(text)).toEqual({ version: 1, offsets: [{ source: 'demo', feed: 'Timing', ms: 100 }] })

  const load = (what: string) =>
    page
      .getByLabel('File of offsets')
      .setInputFiles({ name: 'o.json', mimeType: 'application/json', buffer: Buffer.from(what) })
  const offset = (feed: string, ms: number) => ({ source: 'demo', feed, ms })
  await load(JSON.stringify({ version: 1, offsets: [offset('World feed', -50), offset('Gone', 1000)] }))
  await expect(page.getByText('Imported 2 offsets. One is for a feed that is not listed now')).toBeVisible()
  await load(JSON.stringify({ version: 7, offsets: [] }))
  await expect(page.getByText('This file is from a newer version of Gridwall')).toBeVisible()
  await load(JSON.stringify({ version: 1, offsets: [offset('Timing', 1e12)] }))
  await expect(page.getByText('Offset 1 in this file needs whole ms')).toBeVisible()
  await load('#EXTM3U')
  await expect(page.getByText('it is not JSON')).toBeVisible()
  const answer = (await (await page.request.get('/api/v1/offsets')).json()) as { offsets: { ms: number }[] }
  expect(answer.offsets.map((o) => o.ms).sort((a, b) => a - b)).toEqual([-50, 100, 1000])
})

test.describe('in tiles of half a wall', () => {
  test.use({ viewport: { width: 1400, height: 900 } })

  test('the facts of a feed with an offset do not run into one another', async ({ page }) => {
    await watchLive(page)
    await playing(page, FEEDS.length)
    for (const key of ['1', '.', 'g']) await page.keyboard.press(key)
    const facts = page.locator('[role=group][data-number="1"]').getByRole('note')
    await expect(facts).toContainText('+0.05 s')
    await expect.poll(() => facts.evaluate((el) => el.clientWidth)).toBeLessThan(620)
    const cramped = await facts.evaluate((el) =>
      [...el.children]
        .filter((c) => !c.classList.contains('token') && c.scrollWidth > c.clientWidth + 1)
        .map((c) => c.textContent.trim()),
    )
    expect(cramped).toEqual([])
  })
})
