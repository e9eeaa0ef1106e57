import { expect, type Locator, type Page } from '@playwright/test'

/** The demo's feeds. */
export const FEEDS = ['World feed', 'Onboard 7 Arkwright', 'Onboard 44 Okonedo', 'Timing'] as const

/** The state of one tile. */
export interface Picture {
  title: string
  time: number
  /** Frames drawn since the element was created. */
  frames: number
  dropped: number
  /** Identifies the element as long as the document exists. */
  element: number
  /** The longest stall since watchPictures, in ms. */
  stall: number
}

declare global {
  interface Window {
    e2e?: { ids: WeakMap<Element, number>; next: number; stalls: WeakMap<Element, number> }
  }
}

/** Starts measuring the longest stall of each tile, four times a second. */
export async function watchPictures(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = new WeakMap<HTMLVideoElement, { time: number; at: number }>()
    const e2e = (window.e2e ??= { ids: new WeakMap(), next: 1, stalls: new WeakMap() })
    e2e.stalls = new WeakMap()
    setInterval(() => {
      const now = performance.now()
      for (const v of document.querySelectorAll('video')) {
        const last = seen.get(v)
        if (!last || last.time !== v.currentTime) seen.set(v, { time: v.currentTime, at: now })
        else e2e.stalls.set(v, Math.max(e2e.stalls.get(v) ?? 0, now - last.at))
      }
    }, 250)
  })
}

/** The tiles of the wall, in the order of their positions. */
export async function pictures(page: Page): Promise<Picture[]> {
  return page.evaluate(() => {
    const e2e = (window.e2e ??= { ids: new WeakMap(), next: 1, stalls: new WeakMap() })
    const tiles = [...document.querySelectorAll<HTMLElement>('[role=group][data-number]')]
    tiles.sort((a, b) => Number(a.dataset['number']) - Number(b.dataset['number']))
    return tiles.flatMap((tile) => {
      const v = tile.querySelector('video')
      if (!v) return []
      if (!e2e.ids.has(v)) e2e.ids.set(v, e2e.next++)
      const quality = v.getVideoPlaybackQuality()
      return {
        title: tile.getAttribute('aria-label') ?? '',
        time: v.currentTime,
        frames: quality.totalVideoFrames,
        dropped: quality.droppedVideoFrames,
        element: e2e.ids.get(v) ?? 0,
        stall: e2e.stalls.get(v) ?? 0,
      }
    })
  })
}

/** Waits until there are n tiles and all of them play; returns their states. Times out after `timeout` ms. */
export async function playing(page: Page, n: number, timeout = 40_000): Promise<Picture[]> {
  let now: Picture[] = []
  let first: Picture[] = []
  await expect(async () => {
    now = await pictures(page)
    expect(
      now.map((p) => p.title),
      'the tiles',
    ).toHaveLength(n)
    if (first.length !== n || now.some((p, i) => p.element !== first[i]?.element)) first = now
    for (const [i, p] of now.entries())
      expect(p.time, `${p.title} plays`).toBeGreaterThan((first[i]?.time ?? 0) + 0.3)
  }).toPass({ timeout, intervals: [150] })
  return now
}

/**
 * Waits until n tiles play in step; returns their states. Until then the wall may seek any of them. What it shows of the step
 * is as old as a second, so all must have played for longer since it was right.
 */
export async function inStep(page: Page, n: number): Promise<Picture[]> {
  const step = page.getByRole('switch', { name: 'Keep feeds in sync', includeHidden: true })
  let first: Picture[] = []
  let now: Picture[] = []
  await expect(async () => {
    now = await pictures(page)
    const shown = (await step.textContent()) ?? ''
    const right = /in sync ?±1?\d{1,2} ms/.test(shown) && now.length === n
    if (!right || now.some((p, i) => p.element !== first[i]?.element || p.time < first[i].time)) first = now
    expect(right, `in step: ${shown}`).toBe(true)
    for (const [i, p] of now.entries())
      expect(p.time, `${p.title} is in step`).toBeGreaterThan((first[i]?.time ?? 0) + 1.5)
  }).toPass({ timeout: 60_000, intervals: [150] })
  return now
}

/** Waits until the tiles are at their positions: the page has been drawn again, and no transition runs. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame)
    const running = document.getAnimations().filter((a) => a instanceof CSSTransition)
    await Promise.allSettled(running.map((a) => a.finished))
  })
}

export const tile = (page: Page, title: string): Locator =>
  page.getByRole('group', { name: title, exact: true })

/** Opens the panel of layouts, and returns the choice of a layout. */
export async function openLayouts(page: Page): Promise<Locator> {
  const button = page.getByRole('button', { name: 'Layouts', exact: true })
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click()
  return page.getByRole('radiogroup', { name: 'Layout', exact: true })
}

/** Chooses a layout, and closes the panel. */
export async function chooseLayout(page: Page, layout: string): Promise<void> {
  await (await openLayouts(page)).getByRole('radio', { name: `Layout ${layout}`, exact: true }).check()
  await page.keyboard.press('Escape')
  await settled(page)
}

/** Opens the live session's feeds from the calendar. */
export async function watchLive(page: Page): Promise<void> {
  await page.goto('/#/schedule')
  await page.getByRole('link', { name: 'Watch live' }).first().click()
  await expect(page).toHaveURL(/#\/watch/)
}
