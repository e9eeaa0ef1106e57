import { expect, test } from './fixtures'
import { playing, tile } from './wall'

test('lists and dialogs keep the focus of the keyboard', async ({ page }) => {
  await page.goto('/#/watch')
  await expect(page.getByRole('searchbox', { name: 'Find a feed' })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('world')
  const world = page.getByRole('button', { name: 'Watch World feed' })
  await expect(world).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await expect(world).toBeFocused()
  await page.keyboard.press('Enter')
  await playing(page, 1)
  await page.keyboard.press('Escape')

  await page.keyboard.press('1')
  await page.keyboard.press('q')
  await page.getByRole('menuitem', { name: 'Choose spares…' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Spares of World feed' })
  const search = dialog.getByRole('searchbox', { name: 'Add a spare' })
  await expect(search).toBeFocused()
  const chosen = dialog.locator('ol li .name')
  for (const title of ['Timing', 'Onboard 7 Arkwright']) {
    await page.keyboard.type(title)
    await page.keyboard.press('Enter')
    await expect(chosen.filter({ hasText: title })).toBeVisible()
    await expect(search).toBeFocused()
  }
  await dialog.getByRole('button', { name: /^Try Onboard 7 Arkwright of .* earlier/ }).press('Enter')
  await expect(chosen).toHaveText(['Onboard 7 Arkwright', 'Timing'])
  await expect(dialog.getByRole('button', { name: /^Remove Onboard 7 Arkwright/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(chosen).toHaveText(['Timing'])
  await expect(dialog.getByRole('button', { name: /^Remove Timing/ })).toBeFocused()
  await dialog.getByRole('button', { name: 'Let the rules decide' }).press('Enter')
  await expect(search).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  for (const [key, name] of [
    ['?', 'Keyboard shortcuts'],
    ['r', 'Remote'],
    ['t', 'Timeline of World feed'],
  ] as const) {
    await page.keyboard.press(key)
    const opened = page.getByRole('dialog', { name })
    await opened.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(opened).toBeHidden()
  }
  await expect(tile(page, 'World feed')).toBeVisible()
})

test('saved walls are renamed and deleted by keyboard, and the focus stays in their list', async ({
  page,
}) => {
  await page.goto('/#/watch')
  await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
  await playing(page, 1)
  const panel = page.getByRole('dialog', { name: 'Layouts' })
  const open = (name: string) => panel.getByRole('button', { name: new RegExp(`^${name} 1 feed`) })
  const field = panel.getByRole('textbox', { name: 'Name of this wall' })
  await page.getByRole('button', { name: 'Layouts', exact: true }).press('Enter')
  for (const name of ['One', 'Two']) {
    await field.fill(name)
    await page.keyboard.press('Enter')
    await expect(page.getByText(`Saved the wall “${name}”.`)).toBeVisible()
    await expect(open(name)).toBeVisible()
  }

  await panel.getByRole('button', { name: 'Rename Two' }).press('Enter')
  const renamed = panel.getByRole('textbox', { name: 'New name of Two' })
  await expect(renamed).toBeFocused()
  await page.keyboard.type('One')
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('alert')).toHaveText('There is a wall “One” already. Choose another name.')
  await page.keyboard.press('Escape')
  await expect(renamed).toBeHidden()
  await expect(open('Two')).toBeFocused()
  await panel.getByRole('button', { name: 'Rename Two' }).press('Enter')
  await page.keyboard.type('A third')
  await page.keyboard.press('Enter')
  await expect(open('A third')).toBeFocused()
  await expect(open('Two')).toBeHidden()

  await panel.getByRole('button', { name: 'Delete A third' }).press('Enter')
  await expect(open('One')).toBeFocused()
  await panel.getByRole('button', { name: 'Delete One' }).press('Enter')
  await expect(field).toBeFocused()
})
