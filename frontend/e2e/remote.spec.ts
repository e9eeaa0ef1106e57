import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, watchLive } from './wall'

interface Screen {
  id: string
  name: string
  revision: string
  focused: number
  tiles: { title: string; stream_id: string; state: string; volume: number }[]
}

/** Opens the remote in a browser of its own, the size of a small phone. */
async function phoneOf(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    baseURL: url,
    reducedMotion: 'reduce',
  })
  const phone = await context.newPage()
  await phone.goto('/#/remote')
  return phone
}

const titles = async (page: Page) => (await pictures(page)).map((p) => p.title)
const elements = async (page: Page) =>
  Object.fromEntries((await pictures(page)).map((p) => [p.title, p.element]))
const volumes = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('video')].map((v) => ({
      muted: v.muted,
      volume: v.volume,
      paused: v.paused,
    })),
  )
const tileOn = (phone: Page, title: string) =>
  phone.getByRole('list', { name: 'Tiles' }).getByRole('button', { name: title })

test('a phone controls the wall with every button, and no picture restarts', async ({
  page,
  browser,
  gridwall,
}, info) => {
  await watchLive(page)
  await playing(page, 4)
  const before = await elements(page)
  const phone = await phoneOf(browser, gridwall.url)
  await expect(phone.getByText('Chromium on Linux')).toBeVisible()
  for (const title of FEEDS) await expect(tileOn(phone, title)).toBeVisible()
  expect((await new AxeBuilder({ page: phone }).analyze()).violations).toEqual([])
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await expect(phone.getByText(/behind live/)).toHaveCount(4)
  await phone.screenshot({ path: info.outputPath('remote.png') })
  await info.attach('remote', { path: info.outputPath('remote.png'), contentType: 'image/png' })
  const error = phone.getByRole('alert')

  // Tap to focus: the sound follows.
  await tileOn(phone, FEEDS[1]).tap()
  await expect(tileOn(phone, FEEDS[1])).toHaveAttribute('aria-pressed', 'true')
  await expect(
    page.locator('.place.focused').getByRole('group', { name: FEEDS[1], exact: true }),
  ).toBeVisible()

  // Swap by two taps, and by dragging.
  const order = await titles(page)
  await phone.getByRole('button', { name: 'Swap' }).tap()
  await expect(phone.getByRole('status')).toContainText(`changes places with ${FEEDS[1]}`)
  await tileOn(phone, FEEDS[3]).tap()
  const swapped = order.map((t) => (t === FEEDS[1] ? FEEDS[3] : t === FEEDS[3] ? FEEDS[1] : t))
  await expect.poll(() => titles(page)).toEqual(swapped)
  await expect(error).toHaveText('')
  await tileOn(phone, FEEDS[1]).dragTo(tileOn(phone, FEEDS[3]))
  await expect.poll(() => titles(page)).toEqual(order)

  // The delay of the whole wall, in half seconds.
  const delay = async () =>
    (await gridwall.get<{ screens: { delay: number | null }[] }>('/api/v1/screens')).screens[0]?.delay
  const delayed = phone.getByRole('group', { name: 'Delay of all feeds' })
  await delayed.getByRole('button', { name: '+0.5 s' }).tap()
  await expect(delayed.getByRole('button', { name: /^End delay of/ })).toBeEnabled()
  const chosen = (await delay()) ?? NaN
  expect(chosen % 0.5).toBe(0)
  await delayed.getByRole('button', { name: '−0.5 s' }).tap()
  await expect.poll(delay).toBe(chosen - 0.5)
  await delayed.getByRole('button', { name: /^End delay of/ }).tap()
  await expect.poll(delay).toBe(null)

  await phone.getByRole('button', { name: 'Pause' }).tap()
  await expect.poll(async () => (await volumes(page)).every((v) => v.paused)).toBe(true)
  await phone.getByRole('button', { name: 'Play', exact: true }).tap()
  await expect.poll(async () => (await volumes(page)).some((v) => v.paused)).toBe(false)

  await phone.getByRole('button', { name: 'Mute', exact: true }).tap()
  await expect.poll(async () => (await volumes(page)).every((v) => v.muted)).toBe(true)
  await phone.getByRole('button', { name: 'Unmute' }).tap()
  await expect.poll(async () => (await volumes(page)).filter((v) => !v.muted).length).toBe(1)
  await phone.getByRole('slider', { name: /^Volume/ }).fill('0.25')
  await expect.poll(async () => (await volumes(page)).find((v) => !v.muted)?.volume).toBe(0.25)

  const behind = phone.getByText(/s behind live/).first()
  await expect(behind).toBeVisible()
  const at = async () => (await pictures(page)).map((p) => p.time)
  const [start] = await at()
  await phone.getByRole('button', { name: '−10 s' }).tap()
  await expect.poll(async () => ((await at())[0] ?? 0) - (start ?? 0)).toBeLessThan(0)
  const [back] = await at()
  await phone.getByRole('button', { name: '+10 s' }).tap()
  await expect.poll(async () => ((await at())[0] ?? 0) - (back ?? 0)).toBeGreaterThan(5)
  await phone.getByRole('button', { name: 'Go live' }).tap()
  await expect(error).toHaveText('')

  await phone.getByRole('button', { name: 'Next layout' }).tap()
  await expect
    .poll(
      async () =>
        (await gridwall.get<{ screens: { layout: string }[] }>('/api/v1/screens')).screens[0]?.layout,
    )
    .not.toBe('auto')
  await playing(page, 4)
  expect(await elements(page), 'the same <video> elements').toEqual(before)
  await phone.context().close()
})

test('a feed is closed and opened from the phone, and a saved wall by keyboard', async ({
  page,
  browser,
  gridwall,
}) => {
  await watchLive(page)
  await playing(page, 4)
  const before = await elements(page)
  const streams = (await gridwall.get<{ screens: Screen[] }>('/api/v1/screens')).screens[0]?.tiles ?? []
  const answer = await fetch(`${gridwall.url}/api/v1/walls/Two`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-none-match': '*' },
    body: JSON.stringify({
      layout: '2',
      tiles: streams
        .slice(0, 2)
        .map((t) => ({ id: t.stream_id, title: t.title, site_name: '', quality: '', settings: {} })),
    }),
  })
  expect(answer.ok).toBe(true)
  const phone = await phoneOf(browser, gridwall.url)
  await tileOn(phone, FEEDS[1]).tap()
  // Close one, and open it again from the list.
  await phone.getByRole('button', { name: `Close ${FEEDS[1]}` }).tap()
  await expect(tileOn(phone, FEEDS[1])).toHaveCount(0)
  await expect.poll(() => titles(page)).toHaveLength(3)
  await phone.getByRole('button', { name: 'Add feed' }).tap()
  await phone.getByRole('searchbox', { name: 'Find a feed' }).fill('arkwright')
  const found = phone.getByRole('list', { name: 'Feeds' }).getByRole('button')
  await expect(found).toHaveCount(1)
  await expect(found, 'feeds of several sources can have one title').toContainText('Demo')
  expect((await new AxeBuilder({ page: phone }).analyze()).violations).toEqual([])
  await found.tap()
  await expect(tileOn(phone, FEEDS[1])).toBeVisible()
  await playing(page, 4)
  const after = await elements(page)
  for (const title of FEEDS.filter((t) => t !== FEEDS[1])) expect(after[title], title).toBe(before[title])

  const walls = phone.getByRole('button', { name: 'Walls' })
  await walls.focus()
  await phone.keyboard.press('Enter')
  const two = phone.getByRole('list', { name: 'Saved walls' }).getByRole('button', { name: 'Two' })
  await two.focus()
  await phone.keyboard.press('Enter')
  await expect.poll(() => titles(page)).toHaveLength(2)
  await expect(phone.getByText('Two', { exact: true }).first()).toBeVisible()
  await phone.context().close()
})

test('a stale revision, a second page and a page that has gone are told apart', async ({
  page,
  gridwall,
  guard,
}) => {
  guard.allow(/status of 409/)
  await watchLive(page)
  await playing(page, 4)
  const screens = async () => (await gridwall.get<{ screens: Screen[] }>('/api/v1/screens')).screens
  const command = async (screen: string, body: object) => {
    const answer = await fetch(`${gridwall.url}/api/v1/screens/${screen}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as { error?: { message: string } } }
  }
  await expect.poll(async () => (await screens()).length).toBe(1)
  const [first] = await screens()
  if (!first) throw new Error('no screen')
  expect(JSON.stringify(first)).not.toContain('http')
  expect(
    (await command(first.id, { command: 'focus', arguments: { place: 3 }, revision: first.revision })).status,
  ).toBe(200)
  const late = await command(first.id, {
    command: 'close',
    arguments: { place: 3 },
    revision: first.revision,
  })
  expect(late).toMatchObject({
    status: 412,
    body: { error: { message: 'the screen has changed since; read its state again' } },
  })
  expect(await titles(page)).toHaveLength(4)

  // A duplicated tab copies the storage with the id: it becomes a screen of its own.
  const stored = await page.evaluate(() => sessionStorage.getItem('gridwall.screen'))
  const second = await page.context().newPage()
  await second.addInitScript((id) => sessionStorage.setItem('gridwall.screen', id ?? ''), stored)
  await second.goto('/#/watch')
  await expect.poll(async () => (await screens()).length).toBe(2)
  expect(new Set((await screens()).map((s) => s.id)).size).toBe(2)
  await second.close()
  await expect.poll(async () => (await screens()).length, 'a closed page leaves at once').toBe(1)

  const keeps = await command('nobody', { command: 'live' })
  expect(keeps.status).toBe(404)
  expect((await command(first.id, { command: 'reboot' })).status).toBe(422)
})

test('the wall shows the address of the remote', async ({ page, gridwall }) => {
  await watchLive(page)
  await page.keyboard.press('r')
  const dialog = page.getByRole('dialog', { name: 'Remote' })
  await expect(dialog.getByRole('link', { name: `${gridwall.url}/#/remote` })).toBeVisible()
  await expect(dialog).toContainText('works only on this machine')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Remote' }).click()
  await expect(dialog).toBeVisible()
})
