import { readFileSync } from 'node:fs'
import { expect, test } from './fixtures'
import { chooseLayout, FEEDS, inStep, openLayouts, pictures, playing, tile, watchLive } from './wall'

const elements = async (page: Parameters<typeof pictures>[0]) =>
  new Map((await pictures(page)).map((p) => [p.title, p]))

test('a saved wall restarts no tile that is on both, travels as a file, and opens in a second window', async ({
  page,
  gridwall,
}) => {
  await watchLive(page)
  await playing(page, FEEDS.length)
  await chooseLayout(page, '1+3')
  await openLayouts(page)
  const panel = page.getByRole('dialog', { name: 'Layouts' })
  await panel.getByRole('textbox', { name: 'Name of this wall' }).fill('Race day')
  await panel.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(panel.getByRole('button', { name: /^Race day/ })).toBeVisible()
  await page.keyboard.press('Escape')

  const timing = tile(page, 'Timing')
  await timing.hover()
  await timing.getByRole('button', { name: 'Close', exact: true }).click()
  await chooseLayout(page, '3x3')
  await inStep(page, FEEDS.length - 1)
  const before = await elements(page)
  await openLayouts(page)
  await panel.getByRole('button', { name: /^Race day/ }).click()
  await expect(page.getByTitle(/^Layout 1\+3\b/)).toBeVisible()
  await inStep(page, FEEDS.length)
  const after = await elements(page)
  for (const [title, was] of before) {
    expect(after.get(title)?.element, `${title} keeps its element`).toBe(was.element)
    expect(after.get(title)?.time, `${title} keeps playing`).toBeGreaterThan(was.time)
  }

  await openLayouts(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel.getByRole('button', { name: 'Export Race day' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('Race day.gridwall.json')
  const content = readFileSync(await download.path(), 'utf8')
  expect(JSON.parse(content)).toMatchObject({ type: 'gridwall.wall', name: 'Race day', layout: '1+3' })
  const shared = content.replace('"Race day"', '"Shared"').replace('"Timing"', '"Drone"')
  await panel
    .getByLabel('File of a wall')
    .setInputFiles({ name: 'shared.json', mimeType: 'application/json', buffer: Buffer.from(shared) })
  await expect(
    page.getByText('Imported the wall “Shared”. It will wait for Drone, which no source lists now.'),
  ).toBeVisible()

  // The second window has a wall of its own.
  const [second] = await Promise.all([
    page.context().waitForEvent('page'),
    panel.getByRole('button', { name: 'Open Shared in a new window' }).click(),
  ])
  await playing(second, FEEDS.length - 1)
  await expect(second.getByText('Waiting for Drone of Demo')).toBeVisible()
  expect(new URL(second.url()).hash).toBe('#/watch')
  await second.keyboard.press('x')
  await playing(second, FEEDS.length - 2)
  await second.reload()
  await playing(second, FEEDS.length - 2)
  await second.close()
  await page.waitForTimeout(1_000)
  expect(JSON.stringify(await gridwall.get('/api/v1/layouts')), 'the wall of the first').not.toContain(
    'Drone',
  )
  const still = await elements(page)
  for (const [title, was] of after) {
    expect(still.get(title)?.element, `${title} keeps its element`).toBe(was.element)
    expect(still.get(title)?.time, `${title} keeps playing`).toBeGreaterThan(was.time)
  }
})

test('an unknown wall in the address is named, with those that exist', async ({ page }) => {
  await page.goto('/#/watch?wall=Nothing')
  await expect(page.getByText('No wall is saved as “Nothing”. No wall is saved yet.')).toBeVisible()
})
