import { BROKEN, expect, test } from './fixtures'

test('settings survive a restart', async ({ page, gridwall, guard }) => {
  guard.allow(...BROKEN)
  await page.goto('/#/settings')
  await page.getByRole('combobox', { name: 'Layout of a new wall' }).selectOption('2x2')
  const theme = page.getByRole('group', { name: 'Theme' }).or(page.getByRole('radiogroup', { name: 'Theme' }))
  await theme.getByText('Light', { exact: true }).click()
  await page.getByRole('switch', { name: 'Notifications' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  const kept = () =>
    gridwall.get<{ settings: Record<string, string> }>('/api/v1/settings').then((s) => s.settings)
  await expect.poll(kept).toMatchObject({ 'ui.layout': '2x2', 'ui.theme': 'light', 'ui.notify': 'off' })

  await gridwall.stop()
  await gridwall.start()
  await page.reload()
  await expect(page.getByRole('combobox', { name: 'Layout of a new wall' })).toHaveValue('2x2')
  await expect(page.getByRole('switch', { name: 'Notifications' })).toHaveAttribute('aria-checked', 'false')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
})

test('a setting in config.toml is fixed, and says so', async ({ page, gridwall, guard }) => {
  guard.allow(...BROKEN)
  await gridwall.stop()
  gridwall.writeConfig('[refresh]\ninterval = "3m"\n')
  await gridwall.start()
  await page.goto('/#/settings')
  const control = page.getByRole('combobox', { name: 'Renew tokens every' })
  await expect(control).toBeDisabled()
  await expect(page.getByText('set in config.toml').first()).toBeVisible()
})

test('the page shows the paths of files', async ({ page, gridwall }) => {
  await page.goto('/#/settings')
  await expect(page.getByRole('main')).toContainText(gridwall.dir)
})
