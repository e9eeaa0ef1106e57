import AxeBuilder from '@axe-core/playwright'
import { expect, test } from './fixtures'
import { playing } from './wall'

test('the button of a feed in the list covers neither its facts nor the ring of the focus', async ({
  page,
}) => {
  await page.goto('/#/watch')
  const row = page.locator('aside .row').filter({ hasText: 'Timing' })
  const feed = row.getByRole('button', { name: 'Watch Timing', exact: true })
  await feed.click()
  await playing(page, 1)
  await row.hover()
  const close = row.getByRole('button', { name: 'Remove Timing from the wall' })
  await expect(close).toHaveCSS('opacity', '1')
  const text = await row.locator('.ms').evaluate((el) => {
    const range = document.createRange()
    range.selectNodeContents(el)
    return range.getBoundingClientRect().right
  })
  const [button, whole] = [await close.boundingBox(), await row.boundingBox()]
  if (!button || !whole) throw new Error('no row')
  expect(text).toBeLessThanOrEqual(button.x)
  // The ring is 2 px wide, inside the row.
  expect(button.x + button.width).toBeLessThanOrEqual(whole.x + whole.width - 2)
  expect(button.y).toBeGreaterThanOrEqual(whole.y + 2)
  expect(button.y + button.height).toBeLessThanOrEqual(whole.y + whole.height - 2)
})

test('only the wall, without feeds, can be read in the light theme', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto('/#/watch')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await page.keyboard.press('w')
  const wall = page.getByRole('region', { name: 'Wall' })
  await expect(wall).toHaveCSS('background-color', 'rgb(0, 0, 0)')
  const { violations } = await new AxeBuilder({ page })
    .include('[aria-label="Wall"]')
    .withRules(['color-contrast'])
    .analyze()
  expect(violations.flatMap((v) => v.nodes.map((n) => n.html))).toEqual([])
})
