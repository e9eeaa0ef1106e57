import type { Browser, Page } from '@playwright/test'
import { coded, FRAME, readsCoded, shown, type Coded, type Shown } from './coded'
import { expect, test } from './fixtures'
import { playing, tile } from './wall'

test.use({ demo: false })

let feeds: Coded
test.beforeAll(async () => void (feeds = await coded('2', '5', '12')))
test.afterEach(() => feeds.set('coded-5s', 'date=0s&all=1'))
test.afterAll(() => feeds.stop())

const NAMES = ['coded-2s', 'coded-5s', 'coded-12s']

/** Opens a page of the server with these feeds on its wall. */
async function openWall(page: Page, url: string, names = NAMES): Promise<void> {
  await readsCoded(page)
  await page.goto(`${url}/#/watch`)
  for (const name of names) await page.getByRole('button', { name: `Watch ${name}`, exact: true }).click()
  await playing(page, names.length)
}

/** Another page on the same server, with a storage of its own. */
async function another(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await openWall(page, url)
  return page
}

/** What the frames of a page are behind the camera, in ms, by its own clock; null for one that cannot be read. */
const behind = (all: Shown[]): (number | null)[] =>
  all.map((s) => (s.frame === null ? null : s.now - feeds.began - s.frame * FRAME))

/** The median of several readings of each feed's distance from the camera, in ms: a busy machine shows single frames late. */
async function measured(page: Page): Promise<number[]> {
  const all: number[][] = []
  for (let i = 0; i < 15; i++) {
    behind(await shown(page)).forEach((ms, k) => ms !== null && (all[k] ??= []).push(ms))
    await page.waitForTimeout(100)
  }
  return all.map((list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0)
}

/** Waits until the feeds of a page are this far behind the camera (ms), within 100 ms. */
async function areBehind(page: Page, ms: number): Promise<void> {
  await expect(async () => {
    for (const is of await measured(page)) expect(Math.abs(is - ms), `${is} ms behind`).toBeLessThan(100)
  }).toPass({ timeout: 60_000 })
}

const setDelay = async (page: Page, seconds: string) => {
  await page.keyboard.press('d')
  const dialog = page.getByRole('dialog', { name: 'Delay' })
  await dialog.getByRole('spinbutton', { name: 'All feeds' }).fill(seconds)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
}

test('the pictures of feeds with different latencies are in step, and a wrong date time disturbs no other', async ({
  page,
  gridwall,
}) => {
  gridwall.writeSource('coded', feeds.source())
  await openWall(page, gridwall.url)
  const inStep = async (names: string[]) => {
    const at = (await measured(page)).filter((_, i) => names.includes(NAMES[i] ?? ''))
    expect(Math.max(...at) - Math.min(...at), at.join()).toBeLessThan(100)
  }
  await expect(() => inStep(NAMES)).toPass({ timeout: 60_000 })
  const before = await playing(page, 3)
  const began = Date.now()

  await feeds.set('coded-5s', 'date=3h&all=1')
  await expect(tile(page, 'coded-5s')).toContainText('not in sync: its date time', { timeout: 60_000 })
  // On a busy machine one of them may stall meanwhile; they are in step again soon.
  await expect(() => inStep(['coded-2s', 'coded-12s'])).toPass({ timeout: 15_000 })
  const after = await playing(page, 3)
  const passed = (Date.now() - began) / 1000
  for (const i of [0, 2]) {
    expect(after[i]?.element).toBe(before[i]?.element)
    // Neither restarted nor sought.
    const played = (after[i]?.time ?? 0) - (before[i]?.time ?? 0)
    expect(Math.abs(played - passed)).toBeLessThan(5)
  }
})

test('a delay is exact by the server’s clock, and two pages with the same delay show the same moment', async ({
  page,
  browser,
  gridwall,
}) => {
  gridwall.writeSource('coded', feeds.source())
  await openWall(page, gridwall.url)
  const other = await another(browser, gridwall.url)

  await setDelay(page, '30')
  await areBehind(page, 30_000)
  await expect(page.getByRole('button', { name: 'Delay' })).toContainText('30.0 s')
  // The other page has its own until they share one; then it follows.
  await expect(other.getByRole('button', { name: 'Delay' })).not.toContainText('30.0 s')
  await page.keyboard.press('d')
  await page.getByRole('switch', { name: 'Same delay on all pages' }).click()
  await expect(other.getByRole('button', { name: 'Delay' })).toContainText('30.0 s')
  await areBehind(other, 30_000)

  await page.keyboard.press('Escape')
  await page.keyboard.press(']')
  await expect(other.getByRole('button', { name: 'Delay' })).toContainText('30.5 s')
  await areBehind(page, 30_500)
  await areBehind(other, 30_500)
  await other.context().close()

  // Further back than the playlists reach: as far as they do, together, and it says which feed that is.
  await setDelay(page, '3000')
  await page.keyboard.press('d')
  const panel = page.getByRole('dialog', { name: 'Delay' })
  await expect(panel).toContainText(/coded-\d+s reaches back only \d+\.\d s, so all feeds are/)
  const said = /reaches back only (\d+\.\d) s/.exec(await panel.innerText())?.[1]
  await areBehind(page, Number(said) * 1000)
  await page.keyboard.press('Escape')

  // Nearer than the slowest feed can be: the least possible, and it says which feed that is.
  await setDelay(page, '3')
  await page.keyboard.press('d')
  const dialog = page.getByRole('dialog', { name: 'Delay' })
  await expect(dialog).toContainText(/coded-12s cannot be nearer than \d+\.\d s/)
  await dialog.getByRole('button', { name: 'Off' }).click()
  await expect(dialog.getByRole('spinbutton', { name: 'All feeds' })).toHaveValue('')
})
