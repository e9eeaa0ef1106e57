import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, tile } from './wall'

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, most = 40): Promise<void> {
  const seen: string[] = []
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    const here = await page.evaluate(() => {
      const el = document.activeElement
      return el?.getAttribute('aria-label') ?? el?.textContent?.replace(/\s+/g, ' ').trim() ?? ''
    })
    seen.push(here)
    if (typeof name === 'string' ? here.startsWith(name) : name.test(here)) return
  }
  throw new Error(`Tab does not reach ${String(name)}: ${seen.join(' → ')}`)
}

test('from the calendar to four playing feeds without a pointer', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('link', { name: 'Watch live' }).first()).toBeVisible()
  await tabTo(page, 'Watch live')
  await page.keyboard.press('Enter')
  await playing(page, FEEDS.length)
})

test('every key of the wall works', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('link', { name: 'Watch live' }).first()).toBeVisible()
  await page.keyboard.press('Alt+2')
  await expect(page).toHaveURL(/#\/watch/)

  // Find a feed, by typing.
  for (const title of FEEDS) {
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox', { name: 'Find a feed' })).toBeFocused()
    await page.keyboard.type(title)
    await page.keyboard.press('Enter')
    await expect(tile(page, title)).toBeVisible()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  }
  await playing(page, FEEDS.length)

  await page.keyboard.press('1')
  const first = tile(page, FEEDS[0])
  const video = first.locator('video')
  await expect(first).toHaveAttribute('aria-current', 'true')
  const is = (what: 'muted' | 'paused') => video.evaluate((v: HTMLVideoElement, w) => v[w], what)
  await expect.poll(() => is('muted'), { message: 'the sound follows the focus' }).toBe(false)
  await page.keyboard.press('m')
  await expect.poll(() => is('muted'), { message: 'M mutes' }).toBe(true)
  await page.keyboard.press('m')
  await expect.poll(() => is('muted'), { message: 'M unmutes' }).toBe(false)
  const volume = () => video.evaluate((v: HTMLVideoElement) => v.volume)
  await page.keyboard.press('-')
  await expect.poll(volume, { message: 'minus makes it quieter' }).toBeLessThan(1)
  await page.keyboard.press('+')
  await expect.poll(volume, { message: 'plus makes it louder' }).toBe(1)

  // A slider keeps its keys: the arrows change the volume, not the position in the feed or the focus of the wall.
  const place = () => video.evaluate((v: HTMLVideoElement) => v.currentTime)
  const here = await place()
  await first.hover()
  await first.getByRole('slider', { name: 'Volume' }).focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(volume, { message: 'the arrow makes it quieter' }).toBeLessThan(1)
  await page.keyboard.press('ArrowRight')
  await expect.poll(volume, { message: 'and louder' }).toBe(1)
  await expect(first).toHaveAttribute('aria-current', 'true')
  expect(await place()).toBeGreaterThan(here - 1)
  await page.keyboard.press('Tab')
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())

  // At the live position there is nothing ahead to seek to.
  await page.keyboard.press('l')
  const live = await place()
  await page.keyboard.press('k')
  expect(await place(), 'K does not seek back or beyond live').toBeGreaterThan(live - 1)
  expect(await place()).toBeLessThan(live + 8)

  await page.keyboard.press('Space')
  await expect.poll(() => is('paused'), { message: 'Space pauses' }).toBe(true)
  await page.keyboard.press('Space')
  await expect.poll(() => is('paused'), { message: 'Space plays' }).toBe(false)
  // Seeking back needs some seconds that have been played.
  const played = () => video.evaluate((v: HTMLVideoElement) => v.currentTime - v.buffered.start(0))
  await expect.poll(played, { message: 'some seconds are played' }).toBeGreaterThan(6)
  // In one step: a synchronised wall brings a tile back by itself within a second.
  const late = await video.evaluate((v: HTMLVideoElement) => {
    v.currentTime = v.buffered.start(0) + 0.5
    return v.buffered.end(v.buffered.length - 1) - v.currentTime
  })
  const behind = () =>
    video.evaluate(
      (v: HTMLVideoElement) =>
        (v.buffered.length ? v.buffered.end(v.buffered.length - 1) : 0) - v.currentTime,
    )
  await page.keyboard.press('l')
  await expect.poll(behind, { message: 'L goes live' }).toBeLessThan(late - 2)

  await expect(async () => {
    await page.keyboard.press('g')
    await expect(page.getByTitle(/^Layout 2x2\b/)).toBeVisible({ timeout: 100 })
  }, 'G switches through the layouts').toPass()

  await page.keyboard.press('ArrowRight')
  await expect(first).toHaveAttribute('aria-current', 'false')
  await expect.poll(() => is('muted'), { message: 'the sound moves with the focus' }).toBe(true)

  await page.keyboard.press('w')
  await expect(page.getByRole('navigation')).toBeHidden()
  await expect(page.getByRole('searchbox')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('navigation')).toBeVisible()

  await page.keyboard.press('f')
  await expect
    .poll(() => page.evaluate(() => document.fullscreenElement !== null), { message: 'F fills the screen' })
    .toBe(true)
  // The tile that gets the focus is the one that fills it.
  const whole = (number: number) =>
    page.evaluate((n) => {
      const r = document.querySelector(`[data-number="${n}"]`)?.getBoundingClientRect()
      return r?.width === innerWidth && r.height === innerHeight
    }, number)
  await page.keyboard.press('1')
  await expect.poll(() => whole(1)).toBe(true)
  await page.keyboard.press('2')
  await expect.poll(() => whole(2)).toBe(true)
  expect(await whole(1)).toBe(false)
  await page.keyboard.press('f')
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(false)
  expect(await whole(2)).toBe(false)

  // By pointer, a button leads out of the bare wall.
  await page.getByRole('button', { name: 'Show only the wall' }).click()
  await expect(page.getByRole('navigation')).toBeHidden()
  await page.mouse.move(300, 300)
  await page.getByRole('button', { name: 'Show the bar' }).click()
  await expect(page.getByRole('navigation')).toBeVisible()

  await page.keyboard.press('q')
  const menu = page.getByRole('menu', { name: 'Quality' })
  await expect(menu).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(menu, 'a choice closes the menu').toBeHidden()
  await page.keyboard.press('q')
  await expect(menu.getByRole('menuitemradio', { checked: true }).first()).not.toHaveText(/^Auto/)
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()

  await page.keyboard.press('p')
  await expect(page.getByRole('searchbox')).toHaveCount(0)
  await page.keyboard.press('p')
  await page.keyboard.press('x')
  await expect.poll(async () => (await pictures(page)).length, { message: 'X closes' }).toBe(FEEDS.length - 1)

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden()
  await playing(page, FEEDS.length - 1)
})

test('the focus is visible on every page', async ({ page }) => {
  for (const where of ['schedule', 'watch', 'sources', 'settings']) {
    await page.goto(`/#/${where}`)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab')
      const bare = await page.evaluate(() => {
        const el = document.activeElement
        if (!el || el === document.body) return ''
        const shown = (e: Element, pseudo?: string) => {
          const s = getComputedStyle(e, pseudo)
          return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0
        }
        // An input that is styled by its label shows the focus on the label.
        const seen =
          shown(el) ||
          shown(el, '::after') ||
          (el.closest('label') !== null && shown(el.closest('label') as Element))
        return seen ? '' : el.outerHTML.slice(0, 120)
      })
      expect(bare, `${where}: an element without a visible focus`).toBe('')
    }
  }
})
