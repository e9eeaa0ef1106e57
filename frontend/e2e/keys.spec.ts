import AxeBuilder from '@axe-core/playwright'
import { expect, test } from './fixtures'
import { FEEDS, inStep, pictures, playing, tile, watchLive } from './wall'

test('a key of one’s own works at once, is shown everywhere, and outlasts a reload', async ({ page }) => {
  await watchLive(page)
  const before = await inStep(page, FEEDS.length)
  await page.goto('/#/settings')
  const keys = page.getByRole('region', { name: 'Keys' })

  // M is taken until Mute has another key.
  await keys.getByRole('button', { name: 'Go live on all feeds: L' }).click()
  await page.keyboard.press('m')
  await expect(keys.getByRole('alert').filter({ hasText: 'M is already the key' })).toHaveText(
    /M is already the key for “Mute or unmute”\. Choose another, or change that one first\./,
  )
  await page.keyboard.press('Escape')
  await keys.getByRole('button', { name: 'Mute or unmute: M' }).press('Enter')
  await page.keyboard.press('Alt+u')
  await expect(keys.getByRole('button', { name: 'Mute or unmute: Alt+U' })).toBeVisible()
  await keys.getByRole('button', { name: 'Go live on all feeds: L' }).click()
  await page.keyboard.press('m')
  await expect(keys.getByRole('button', { name: 'Go live on all feeds: M' })).toBeVisible()

  // On the wall, without a reload; no tile has restarted.
  await page.keyboard.press('Alt+2')
  await expect(page.getByRole('button', { name: 'Go live', exact: true }).first()).toHaveAttribute(
    'aria-keyshortcuts',
    'm',
  )
  await page.keyboard.press('1')
  const first = tile(page, FEEDS[0])
  const muted = () => first.locator('video').evaluate((v: HTMLVideoElement) => v.muted)
  await expect.poll(muted).toBe(false)
  await page.keyboard.press('m')
  await page.keyboard.press('Alt+u')
  await expect.poll(muted, { message: 'Alt+U mutes, M no longer does' }).toBe(true)
  await expect(first.getByRole('button', { name: 'Unmute' })).toHaveAttribute('title', 'Unmute (Alt+U)')
  const now = await pictures(page)
  expect(now.map((p) => p.element)).toEqual(before.map((p) => p.element))
  now.forEach((p, i) => expect(p.time).toBeGreaterThan(before[i]?.time ?? 0))

  await page.reload()
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(help.locator('dt:has-text("Alt+U") + dd')).toHaveText('Mute or unmute')
  await help.getByRole('link', { name: 'Change keys in Settings' }).click()
  await keys.getByRole('button', { name: 'Reset “Mute or unmute” to M' }).click()
  await expect(keys.getByRole('alert').filter({ hasText: 'M is already' })).toBeVisible()
  await keys.getByRole('button', { name: 'Reset all keys' }).click()
  await expect(keys.getByRole('button', { name: 'Mute or unmute: M' })).toBeVisible()
  await expect(keys.getByRole('button', { name: 'Reset all keys' })).toBeDisabled()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
})

test('without single-letter keys, dictated text does nothing', async ({ page }) => {
  await watchLive(page)
  await playing(page, FEEDS.length)
  await page.goto('/#/settings')
  await page.getByRole('switch', { name: 'Single-letter keys' }).click()
  await expect(page.getByRole('button', { name: 'Close the tile: X, off' })).toBeVisible()
  await page.keyboard.press('Alt+2')
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.type('exit, wolf gap? 12/3+')
  await expect(page.getByRole('navigation')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await pictures(page)).toHaveLength(FEEDS.length)
  await expect(page.getByRole('button', { name: 'Go live', exact: true }).first()).not.toHaveAttribute(
    'aria-keyshortcuts',
  )

  // Arrows still move the focus.
  await page.keyboard.press('ArrowDown')
  await expect(page.locator('[data-number="1"]')).toHaveAttribute('aria-current', 'false')
})
