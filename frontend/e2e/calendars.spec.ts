import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures'
import type { Gridwall } from './gridwall'

/** Writes a calendar beside config.toml, with one race in some days. */
function writeCalendar(gridwall: Gridwall, file: string, name: string, days: number): string {
  const start = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 13).replace(/-/g, '')
  const text = [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    `UID:${name}`,
    `SUMMARY:Club: Race (${name})`,
    `DTSTART:${start}0000Z`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
  const path = join(gridwall.dir, 'config', file)
  writeFileSync(path, text)
  return path
}

test('a calendar is tested, saved, coloured, ordered and removed', async ({ page, gridwall }) => {
  test.slow() // it does everything that can be done with a calendar
  writeCalendar(gridwall, 'club.ics', 'Lakes', 3)
  const chosen = writeCalendar(gridwall, 'hills.ics', 'Hills', 5)
  await page.goto('/#/settings')
  const list = page.getByRole('list', { name: 'Calendars' })
  await page.getByRole('button', { name: 'Add a calendar' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a calendar' })
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('ics')

  await dialog.getByRole('textbox', { name: 'Link or path' }).fill('nowhere.ics')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('file not found')

  await dialog.getByRole('textbox', { name: 'Link or path' }).fill('club.ics')
  await dialog.getByRole('textbox', { name: 'Series' }).fill('club')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('Lakes')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('My club')
  await dialog.getByRole('combobox', { name: 'Colour' }).selectOption('teal')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(list.getByRole('listitem', { name: 'My club' })).toContainText('1 event')

  // A chosen file is tested at once, and a copy of it is saved.
  await page.getByRole('button', { name: 'Add a calendar' }).click()
  await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('ics')
  await dialog.locator('input[type=file]').setInputFiles(chosen)
  await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('Hills')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await list.getByRole('button', { name: 'Move hills up' }).click()
  await expect(list.getByRole('listitem').first()).toContainText('hills')

  await page.goto('/#/schedule')
  await expect(page.getByRole('article', { name: 'Lakes', exact: true })).toBeVisible()
  await expect(page.getByRole('article', { name: 'Hills', exact: true })).toBeVisible()
  await page.goto('/#/settings')
  await list.getByRole('button', { name: 'Remove hills' }).click()
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await page.goto('/#/schedule')
  await expect(page.getByRole('article', { name: 'Lakes', exact: true })).toBeVisible()
  await expect(page.getByRole('article', { name: 'Hills', exact: true })).toHaveCount(0)
})

test('a hidden series stays hidden, and the exported calendar follows', async ({ page, gridwall }) => {
  writeCalendar(gridwall, 'club.ics', 'Lakes', 3)
  await fetch(`${gridwall.url}/api/v1/calendars`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', origin: gridwall.url },
    body: JSON.stringify({ calendars: [{ kind: 'ics', path: 'club.ics', series: 'club' }] }),
  })
  await page.goto('/#/schedule')
  const demo = page.getByRole('group', { name: 'Series' }).getByRole('button', { name: 'Demo' })
  await expect(page.getByRole('article', { name: 'Lakes', exact: true })).toBeVisible()
  await demo.click()
  await expect(page.getByRole('article')).toHaveCount(1)
  await page.reload()
  await expect(demo).toHaveAttribute('aria-pressed', 'false')
  await expect(page.getByRole('article')).toHaveCount(1)

  await page.getByRole('button', { name: 'Subscribe' }).click()
  const address = await page.getByRole('textbox', { name: 'Calendar address' }).inputValue()
  expect(address).toBe(`${gridwall.url}/api/v1/schedule.ics?series=club`)
  const feed = await (await fetch(address)).text()
  expect(feed.match(/BEGIN:VEVENT/g)).toHaveLength(1)
  expect(feed).toContain('Lakes')
})

test('overrides.toml is applied, and a mistake in it is shown with its line', async ({ page, gridwall }) => {
  writeCalendar(gridwall, 'club.ics', 'Lakes', 3)
  gridwall.writeConfig('[[schedule]]\nkind = "ics"\npath = "club.ics"\nseries = "club"\n')
  const overrides = join(gridwall.dir, 'config', 'overrides.toml')
  await gridwall.stop()
  await gridwall.start()
  await page.goto('/#/schedule')
  const race = page.getByRole('article', { name: 'Lakes', exact: true }).getByRole('listitem')
  await expect(race).not.toContainText('overridden')
  writeFileSync(overrides, '[[override]]\nevent = "Lakes"\nsession = "race"\nstatus = "cancelled"\n')
  await expect(race).toContainText('cancelled')
  await expect(race).toContainText('overridden')
  writeFileSync(overrides, '[[override]]\nevent = "Lakes"\nstatus = "off"\n')
  await expect(page.getByText('overrides.toml:3: status is "off"')).toBeVisible()
  await expect(race).not.toContainText('cancelled')
  await page.goto('/#/settings')
  await expect(page.getByText('These calendars are set in config.toml.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add a calendar' })).toHaveCount(0)
})
