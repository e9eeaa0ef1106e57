import type { Locator, Page } from '@playwright/test'
import { BROKEN, expect, test } from './fixtures'
import { FEEDS, pictures, playing, watchLive } from './wall'

const place = (page: Page, n: number): Locator => page.locator(`[role=group][data-number="${n}"]`)
/** The opacity of a part of a tile, once it no longer changes. */
const opacity = (of: Locator) => of.evaluate((el) => getComputedStyle(el).opacity)
const named = (tile: Locator) =>
  expect.poll(async () => [await opacity(tile.locator('.title')), await opacity(tile.getByRole('note'))])

test.describe('in small tiles', () => {
  test.use({ viewport: { width: 1000, height: 460 } })

  test('names and facts leave the picture’s own text free', async ({ page, gridwall, guard }) => {
    guard.allow(...BROKEN)
    await page.goto('/#/watch')
    await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
    await page.getByRole('button', { name: 'Watch World feed', exact: true }).click()
    const before = await playing(page, 2)
    const [small, other] = [place(page, 1), place(page, 2)]
    const title = (await small.getAttribute('aria-label')) ?? ''
    await page.mouse.move(0, 0)

    await named(small).toEqual(['0', '0'])
    await expect(small.getByRole('img', { name: 'playing' })).toBeVisible()
    await expect(small.getByRole('meter')).toBeVisible()
    // The margin that pictures keep free of text is a twentieth.
    await expect(async () => {
      const [flag, all] = [
        await small.getByRole('img', { name: 'playing' }).boundingBox(),
        await small.boundingBox(),
      ]
      if (!flag || !all) throw new Error('no tile')
      expect(all.x + all.width - flag.x, 'the flag is in the corner').toBeLessThan(all.width / 20)
      expect(all.y + all.height - flag.y).toBeLessThan(12)
    }).toPass({ timeout: 10_000 })
    await expect(small, 'screen readers still find it').toContainText(title)
    await expect(small.getByRole('note')).toContainText(/live −\d/)

    // The pointer or a key brings them, for three seconds.
    await small.hover()
    await named(small).toEqual(['1', '1'])
    await named(other).toEqual(['0', '0'])
    await named(small).toEqual(['0', '0'])
    await page.mouse.move(0, 0)
    await page.keyboard.press('2')
    await named(other).toEqual(['1', '1'])
    await named(other).toEqual(['0', '0'])

    // I shows all, for as long as it is on, also without any other chrome.
    await page.keyboard.press('i')
    for (const tile of [small, other]) await named(tile).toEqual(['1', '1'])
    await expect(small.getByText(/^dropped/)).toBeVisible()
    await page.keyboard.press('w')
    await page.waitForTimeout(3_500)
    await named(small).toEqual(['1', '1'])
    await page.keyboard.press('Escape')
    // Pressed again, it hides them, also in a tile as large as the screen; the third time all is as before.
    await page.keyboard.press('i')
    await named(small).toEqual(['0', '0'])
    await page.keyboard.press('f')
    await named(other).toEqual(['0', '0'])
    await page.keyboard.press('f')
    await page.keyboard.press('i')
    await named(small).toEqual(['0', '0'])

    // As large as the screen, it has room for both.
    await page.keyboard.press('f')
    await named(other).toEqual(['1', '1'])
    await page.waitForTimeout(3_500)
    await named(other).toEqual(['1', '1'])
    await page.keyboard.press('f')
    await named(other).toEqual(['0', '0'])
    const now = await playing(page, 2)
    expect(now.map((p) => p.element)).toEqual(before.map((p) => p.element))

    // A problem stays visible.
    await gridwall.stop()
    await expect(small.locator('.name').getByRole('img', { name: 'playing' })).toHaveCount(0)
    await page.waitForTimeout(3_500)
    await expect.poll(() => opacity(small.locator('.title'))).toBe('1')
  })
})

test('controls can stay hidden; Tab shows them', async ({ page }) => {
  await watchLive(page)
  await playing(page, FEEDS.length)
  const first = place(page, 1)
  const controls = first.locator('div.controls')
  await first.hover()
  await expect.poll(() => opacity(controls)).toBe('1')
  await page.goto('/#/settings')
  await page
    .getByRole('group', { name: 'Controls in tiles' })
    .or(page.getByRole('radiogroup', { name: 'Controls in tiles' }))
    .getByText('Stay hidden')
    .click()
  await page.keyboard.press('Alt+2')
  await first.hover()
  await page.mouse.move(400, 300)
  await page.keyboard.press('1')
  await page.waitForTimeout(500)
  expect(await opacity(controls)).toBe('0')
  await first.getByRole('button', { name: 'Pause' }).focus()
  await expect.poll(() => opacity(controls)).toBe('1')
  await page.keyboard.press('q')
  await expect(page.getByRole('menu', { name: 'Quality' })).toBeVisible()
  expect(await pictures(page)).toHaveLength(FEEDS.length)
})
