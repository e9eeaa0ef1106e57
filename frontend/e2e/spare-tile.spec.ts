import type { Page } from '@playwright/test'
import { coded, FRAME, readsCoded, shown, watchCoded, type Coded } from './coded'
import { BROKEN, expect, test } from './fixtures'
import { tile } from './wall'

test.use({ demo: false })

/** The length of a segment, in ms, and what a busy machine may add to a standstill. */
const SEGMENT = 2_000
const SLACK = 1_000

let alpha: Coded
let beta: Coded
test.beforeAll(async () => {
  ;[alpha, beta] = await Promise.all([coded('4'), coded('4:7')])
})
test.afterAll(() => {
  alpha.stop()
  beta.stop()
})

/** When the picture of the first tile was "filmed", in ms since 1970, if it comes from this origin. */
const filmed = async (page: Page, origin: Coded): Promise<number> =>
  origin.began + ((await shown(page))[0]?.frame ?? 0) * FRAME

test('a spare that was chosen by hand goes on in the same tile, by key and when the source ends, without a black frame', async ({
  page,
  gridwall,
  guard,
}) => {
  test.setTimeout(120_000)
  guard.allow(...BROKEN)
  gridwall.writeSource('alpha', `name = "Alpha"\n${alpha.source()}`)
  gridwall.writeSource('beta', `name = "Beta"\n${beta.source()}`)
  let id = ''
  await expect
    .poll(async () => {
      const listed = await gridwall.get<{ streams: { id: string; site_key: string }[] }>(
        '/api/v1/streams?all=1',
      )
      id = listed.streams.find((s) => s.site_key === 'alpha')?.id ?? ''
      return listed.streams.length
    })
    .toBe(2)

  await readsCoded(page)
  await page.goto(`/#/watch?stream=${id}`)
  const race = tile(page, 'coded-4s')
  await expect(race).toBeVisible()
  await expect.poll(async () => (await shown(page))[0]?.frame ?? null, { timeout: 30_000 }).not.toBeNull()

  // Without a rule, the key lets the user choose one.
  await page.keyboard.press('b')
  const dialog = page.getByRole('dialog', { name: 'Spares of coded-4s' })
  await dialog.getByRole('searchbox', { name: 'Add a spare' }).fill('coded')
  await dialog.getByRole('button', { name: /coded-4s-7 Beta/ }).click()
  await expect(dialog.getByRole('listitem').first()).toContainText('Beta')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect
    .poll(async () => JSON.stringify(await gridwall.get('/api/v1/active')), { timeout: 20_000 })
    .toContain('"ready"')

  const result = await watchCoded(page)
  const element = await race.locator('video').evaluateHandle((v) => v)
  // The key switches to the spare, and back.
  await page.keyboard.press('b')
  await expect(race).toContainText('spare: Beta', { timeout: 15_000 })
  await page.keyboard.press('b')
  await expect(race).not.toContainText('spare: Beta', { timeout: 15_000 })

  alpha.stop()
  await expect(race).toContainText('spare: Beta', { timeout: 30_000 })
  await expect(page.getByRole('status', { name: 'Notices' })).toContainText('going on with Beta')
  // From here on, its pictures are those of the spare.
  await expect
    .poll(async () => Math.abs(Date.now() - (await filmed(page, beta))), { timeout: 30_000 })
    .toBeLessThan(20_000)
  await page.waitForTimeout(5_000) // the spare has to keep playing
  const { longest, black, looks } = await result()
  expect(looks).toBeGreaterThan(50)
  expect(black, 'looks without a picture').toBe(0)
  expect(longest, 'the longest standstill in ms').toBeLessThan(SEGMENT + SLACK)
  expect(await race.locator('video').evaluate((v, before) => v === before, element), 'the same element').toBe(
    true,
  )
})
