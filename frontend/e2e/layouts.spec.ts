import { expect, test } from './fixtures'
import { chooseLayout, FEEDS, inStep, openLayouts, pictures, playing, settled, tile, watchLive } from './wall'

const PLACES = {
  '1': 1,
  '2': 2,
  '1+2': 3,
  '2x2': 4,
  '1+3': 4,
  '1+4': 5,
  '1+5': 6,
  '1+6': 7,
  '1+7': 8,
  '1+8': 9,
  '3x3': 9,
}

test('every layout has its number of positions, and the same tiles keep playing', async ({ page }) => {
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  const chooser = await openLayouts(page)
  for (const [layout, places] of Object.entries(PLACES)) {
    const choice = chooser.getByRole('radio', { name: `Layout ${layout}`, exact: true })
    if (places < FEEDS.length) {
      // A playing feed is never closed to make a layout fit.
      await expect(choice, layout).toBeDisabled()
      continue
    }
    await choice.check()
    await expect(page.getByRole('button', { name: /^Add a feed at position/ })).toHaveCount(
      places - FEEDS.length,
    )
    await settled(page)
    const boxes = await Promise.all(before.map((p) => tile(page, p.title).boundingBox()))
    const wall = await page.getByRole('region', { name: 'Wall' }).boundingBox()
    for (const [i, box] of boxes.entries()) {
      if (!box || !wall) throw new Error(`${layout}: a tile has no position`)
      expect(box.width / box.height, `${layout}: 16:9`).toBeCloseTo(16 / 9, 1)
      expect(
        box.x >= wall.x - 1 && box.x + box.width <= wall.x + wall.width + 1,
        `${layout}: within the wall`,
      ).toBe(true)
      expect(
        box.y >= wall.y - 1 && box.y + box.height <= wall.y + wall.height + 1,
        `${layout}: within the wall`,
      ).toBe(true)
      for (const other of boxes.slice(i + 1))
        if (other)
          expect(
            box.x + box.width <= other.x + 1 ||
              other.x + other.width <= box.x + 1 ||
              box.y + box.height <= other.y + 1 ||
              other.y + other.height <= box.y + 1,
            `${layout}: tiles do not overlap`,
          ).toBe(true)
    }
  }
  const after = await playing(page, FEEDS.length)
  expect(after.map((p) => p.element)).toEqual(before.map((p) => p.element))
})

test('the layouts for one, two and three feeds show them', async ({ page }) => {
  await page.goto('/#/watch')
  await page.getByRole('button', { name: `Watch ${FEEDS[0]}`, exact: true }).click()
  for (const [i, layout] of ['1', '2', '1+2'].entries()) {
    await page.getByRole('button', { name: `Watch ${FEEDS[i]}`, exact: true }).click()
    await chooseLayout(page, layout)
    await expect(page.getByRole('button', { name: /^Add a feed at position/ })).toHaveCount(0)
  }
  await playing(page, 3)
})

test('swapping by pointer and by key does not restart playback', async ({ page }) => {
  await watchLive(page)
  await chooseLayout(page, '2x2')
  const before = await playing(page, FEEDS.length)
  const titles = before.map((p) => p.title)
  const [first = '', second = '', third = '', fourth = ''] = titles

  await settled(page)
  const [from, to] = [await tile(page, first).boundingBox(), await tile(page, fourth).boundingBox()]
  if (!from || !to) throw new Error('a tile has no position')
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(to.x + to.width / 3, to.y + to.height / 3, { steps: 8 })
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 4 })
  await page.mouse.up()
  await expect
    .poll(async () => (await pictures(page)).map((p) => p.title))
    .toEqual([fourth, second, third, first])

  // The moved tile is focused, at the lower right: move it up.
  await page.keyboard.press('Shift+ArrowUp')
  await expect
    .poll(async () => (await pictures(page)).map((p) => p.title))
    .toEqual([fourth, first, third, second])

  const after = await playing(page, FEEDS.length)
  for (const b of before) {
    const a = after.find((p) => p.title === b.title)
    expect(a?.element, `${b.title} keeps its element`).toBe(b.element)
    expect(a?.frames, `${b.title} keeps playing`).toBeGreaterThan(b.frames)
  }
})

test('closing a feed does not restart others, and it can be reopened', async ({ page }) => {
  await watchLive(page)
  const before = await inStep(page, FEEDS.length)
  const timing = tile(page, 'Timing')
  await timing.hover()
  await timing.getByRole('button', { name: 'Close', exact: true }).click()
  await expect(timing).toHaveCount(0)
  const rest = await playing(page, FEEDS.length - 1)
  for (const p of rest) {
    const was = before.find((b) => b.title === p.title)
    expect(p.element, `${p.title} keeps its element`).toBe(was?.element)
    expect(p.time, `${p.title} keeps playing`).toBeGreaterThan(was?.time ?? Infinity)
  }
  await page.getByRole('button', { name: 'Watch Timing', exact: true }).click()
  const again = await playing(page, FEEDS.length)
  for (const p of rest) expect(again.find((a) => a.title === p.title)?.element).toBe(p.element)
})

test('opening the calendar does not restart playback', async ({ page }) => {
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  await page.getByRole('link', { name: 'Schedule', exact: true }).click()
  await expect(page.getByRole('article').first()).toBeVisible()
  await page.getByRole('link', { name: 'Watch', exact: true }).click()
  const after = await playing(page, FEEDS.length)
  expect(after.map((p) => p.element)).toEqual(before.map((p) => p.element))
})

test('edges between tiles are dragged, moved by key and reset, and no tile restarts', async ({
  page,
  gridwall,
}) => {
  await watchLive(page)
  const before = await playing(page, FEEDS.length)
  await chooseLayout(page, '2x2')
  const first = before[0]?.title ?? ''
  const width = async () => Math.round((await tile(page, first).boundingBox())?.width ?? 0)
  const half = await width()

  const edge = page.getByRole('separator', { name: 'Edge between columns 1 and 2' })
  await expect(edge).toHaveAttribute('aria-valuenow', '50')
  const box = await edge.boundingBox()
  if (!box) throw new Error('the edge has no position')
  await page.mouse.move(box.x + 2, box.y + box.height / 3)
  await page.mouse.down()
  await page.mouse.move(box.x + 102, box.y + box.height / 3, { steps: 5 })
  await page.mouse.up()
  await settled(page)
  expect(await width()).toBeGreaterThan(half + 80)
  await expect(edge, 'it has the focus').toBeFocused()
  const now = async () => Number(await edge.getAttribute('aria-valuenow'))
  const dragged = await now()
  await page.keyboard.press('ArrowLeft')
  expect(await now()).toBe(dragged - 1)
  await page.keyboard.press('Shift+ArrowLeft')
  expect(await now(), 'no swap of tiles').toBe(dragged - 6)
  expect((await pictures(page)).map((p) => p.title)).toEqual(before.map((p) => p.title))

  await expect
    .poll(async () => JSON.stringify(await gridwall.get('/api/v1/layouts')), { message: 'it is saved' })
    .toContain('"2x2":{"columns":[0.')
  await page.reload()
  const again = await inStep(page, FEEDS.length)
  expect(await now(), 'it is kept with the wall').toBe(dragged - 6)
  await edge.dblclick({ position: { x: 2, y: 40 } })
  await expect(edge).toHaveAttribute('aria-valuenow', '50')

  // The large tile: by its edge, and by key.
  await page.keyboard.press('Shift+G')
  await expect(page.getByTitle(/^Layout 1\+3\b/)).toBeVisible()
  await page.keyboard.press('Shift+G')
  await settled(page)
  const beside = page.getByRole('separator').first()
  await expect(beside).toHaveAttribute('aria-valuenow', '50')
  await beside.focus()
  await page.keyboard.press('End')
  await expect(beside).toHaveAttribute('aria-valuenow', '85')
  await page.keyboard.press('Enter')
  await expect(beside).not.toHaveAttribute('aria-valuenow', '85')

  const after = await playing(page, FEEDS.length)
  for (const p of again) {
    const same = after.find((a) => a.title === p.title)
    expect(same?.element, `${p.title} keeps its element`).toBe(p.element)
    expect(same?.time, `${p.title} keeps playing`).toBeGreaterThan(p.time)
  }
})
