import { flushSync, mount, unmount } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError, type Client, type Listener, type SessionFeeds, type Stream } from '$lib/api'
import type { Layouts } from '$lib/grid/layouts'
import type { Shell } from '$lib/shell/shell'
import { App } from '$lib/state/app.svelte'
import WatchPage from '../../test/WatchPage.svelte'

const feed = (id: string, title: string, rest: Partial<Stream> = {}): Stream => ({
  id,
  url: '',
  site_key: 'club',
  site_name: 'Club TV',
  quality: '720p',
  title,
  extracted_at: '',
  is_live: true,
  response_time_ms: 84,
  checked_at: null,
  bitrate: null,
  ...rest,
})
const streams = [
  feed('w', 'World feed'),
  feed('o', 'Onboard 4'),
  feed('t', 'Timing'),
  feed('d', 'Pit lane', { is_live: false }),
]
const soon = (ms: number) => new Date(Date.now() + ms).toISOString()
const session = (rest: Partial<SessionFeeds> = {}): SessionFeeds => ({
  event_id: 'e1',
  event: 'Qatar Grand Prix',
  session: 'Race',
  session_type: 'race',
  status: 'live',
  start: soon(-60_000),
  end: soon(3_600_000),
  streams: streams.slice(0, 3),
  count: 3,
  listed: 3,
  layout: '',
  ...rest,
})

let page: Record<string, unknown>
let app: App
let sources: unknown[]
let feeds: () => Promise<SessionFeeds>
const openPlayer = vi.fn(async () => undefined)
const putSource = vi.fn(async () => ({}))
const extract = vi.fn(async () => ({ streams: [], count: 4, failed: [] }))

const settle = async () => {
  for (let i = 0; i < 3; i++) {
    await new Promise((done) => setTimeout(done))
    flushSync()
  }
}
async function open(hash: string, layouts: Layouts = {}) {
  location.hash = hash
  const client = {
    schedule: async () => ({ events: [], fetched_at: null, stale: false, error: null }),
    streamChanges: async () => ({
      streams,
      gone: [],
      since: '1',
      whole: true,
      more: false,
      count: streams.length,
    }),
    sources: async () => ({ sources }),
    active: async () => ({ active: [] }),
    about: async () => ({}),
    settings: async () => ({ settings: { 'ui.player': 'vlc' }, fixed: [], restart: [] }),
    layouts: async () => layouts,
    offsets: async () => ({ offsets: [] }),
    putOffsets: async (change: { offsets: unknown[] }) => change,
    putLayouts: async (doc: unknown) => doc,
    activate: () => new Promise(() => undefined),
    deactivate: async () => undefined,
    sessionFeeds: () => feeds(),
    putSource,
    extract,
    subscribe: (l: Listener) => {
      l.connected(true)
      return () => undefined
    },
  } as unknown as Client
  const shell = {
    window: true,
    ready: async () => [],
    onCommand: () => () => undefined,
    state: async () => ({ tray: true, codecs: '' }),
    remember: async () => undefined,
    lastPage: async () => '',
    reportCodecs: async () => undefined,
    openPlayer,
  } as unknown as Shell
  app = new App(client, shell)
  page = mount(WatchPage, { target: document.body, props: { app } })
  await settle()
}
const press = async (key: string, rest: KeyboardEventInit = {}) => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...rest }))
  await settle()
}
const tiles = () =>
  [...document.querySelectorAll<HTMLElement>('section[aria-label="Wall"] [role="group"]')].sort(
    (a, b) => Number(a.dataset['number']) - Number(b.dataset['number']),
  )
const names = () => tiles().map((t) => t.getAttribute('aria-label'))
const button = (name: string) => {
  const found = [...document.querySelectorAll<HTMLElement>('button, a')].find(
    (b) => (b.getAttribute('aria-label') ?? b.textContent?.trim()) === name,
  )
  if (!found) throw new Error(`no button ${name}`)
  return found
}
const text = () => document.body.textContent?.replace(/\s+/g, ' ') ?? ''

beforeEach(() => {
  sources = [{ key: 'club', name: 'Club TV', enabled: true, error: null }]
  feeds = async () => session()
  openPlayer.mockClear()
})
afterEach(async () => {
  await unmount(page)
  document.body.innerHTML = ''
  location.hash = ''
})

it('#/watch?live=1 opens the live session, once', async () => {
  await open('#/watch?live=1')
  expect(names()).toEqual(['World feed', 'Onboard 4', 'Timing'])
  expect(location.hash).toBe('#/watch')
})

it('the sound bar says of which source a feed is if two have the same title', async () => {
  const two = [
    feed('w', 'World feed'),
    feed('v', 'World feed', { site_name: 'Paddock' }),
    feed('t', 'Timing'),
  ]
  feeds = async () => session({ streams: two })
  await open('#/watch?live=1')
  await press('S', { shiftKey: true })
  await vi.waitFor(() => {
    flushSync()
    expect(text()).toContain('World feed · Paddock')
  })
  const rows = [...document.querySelectorAll('[role="group"][aria-label^="Sound of"]')]
  expect(rows.map((r) => r.getAttribute('aria-label'))).toEqual([
    'Sound of World feed · Club TV',
    'Sound of World feed · Paddock',
    'Sound of Timing',
  ])
})

it('swapping, closing and opening tiles does not move a <video> in the document', async () => {
  await open('#/watch?live=1')
  const videos = () => [...document.querySelectorAll('video')]
  const before = videos()
  const moved: Node[] = []
  const watching = new MutationObserver((records) => {
    for (const r of records)
      for (const n of r.addedNodes) if (before.some((v) => n.contains(v))) moved.push(n)
  })
  watching.observe(document.body, { childList: true, subtree: true })
  await press('3')
  await press('ArrowLeft', { shiftKey: true })
  await press('ArrowUp', { shiftKey: true })
  expect(names()).not.toEqual(['World feed', 'Onboard 4', 'Timing'])
  expect(videos()).toEqual(before)
  await press('x')
  button('Watch Pit lane').click()
  await settle()
  expect(tiles()).toHaveLength(3)
  expect(videos().slice(0, 2)).toEqual(before.slice(0, 2))
  expect(moved).toEqual([])
  watching.disconnect()
})

it('the wall keeps playing while another page is shown, and its keys are inactive', async () => {
  await open('#/watch?live=1')
  const before = [...document.querySelectorAll('video')]
  location.hash = '#/sources'
  await settle()
  await press('x')
  expect([...document.querySelectorAll('video')]).toEqual(before)
})

it('/ searches, typing does not trigger keys, Enter opens the first match', async () => {
  await open('#/watch', { panel: false })
  expect(document.querySelector('input[type="search"]')).toBeNull()
  await press('/')
  const input = document.activeElement as HTMLInputElement
  expect(input.type).toBe('search')
  input.value = 'timing'
  input.dispatchEvent(new Event('input', { bubbles: true }))
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'g', bubbles: true }))
  await settle()
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  await settle()
  expect(names()).toEqual(['Timing'])
  // A feed that is on the wall is focused.
  button('Watch Timing').click()
  await settle()
  expect(names()).toEqual(['Timing'])
})

it('↓ in the search goes to the first feed, also while another feed is chosen for a tile', async () => {
  await open('#/watch?live=1')
  for (const key of ['/', 'c']) {
    await press(key)
    expect(document.activeElement?.getAttribute('type')).toBe('search')
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Watch Onboard 4')
    ;(document.activeElement as HTMLElement).blur()
  }
})

it('removing a feed from the wall in the list keeps the focus on its row', async () => {
  await open('#/watch?live=1')
  const remove = button('Remove Timing from the wall')
  remove.focus()
  remove.click()
  await settle()
  expect(names()).toEqual(['World feed', 'Onboard 4'])
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Watch Timing')
})

it('the list shows the status of each feed, offline ones last', async () => {
  await open('#/watch')
  const rows = [...document.querySelectorAll('aside .row')].map((r) =>
    r.textContent?.replace(/\s+/g, ' ').trim(),
  )
  expect(rows).toEqual([
    'Onboard 4 live, 720p 84 ms',
    'Timing live, 720p 84 ms',
    'World feed live, 720p 84 ms',
    'Pit lane off air, 720p off air',
  ])
  expect(text()).toContain('Club TV 3 live of 4')
})

it('?stream= opens one feed, or says that no source lists it any more', async () => {
  await open('#/watch?stream=o')
  expect(names()).toEqual(['Onboard 4'])
  app.route.go('watch', { stream: 'gone' })
  await settle()
  expect(text()).toContain('No source lists this feed any more.')
})

it('does not open the feeds of a distant session if nothing is live', async () => {
  feeds = async () => session({ status: 'upcoming', start: soon(7_200_000), end: null })
  await open('#/watch?live=1')
  expect(names()).toEqual([])
  // It opens if that session is requested.
  app.route.go('watch', { event: 'e1', session: 'Race' })
  await settle()
  expect(names()).toHaveLength(3)
})

it('a session without feeds says so, and what to do', async () => {
  feeds = async () => session({ streams: [], count: 0 })
  await open('#/watch?event=e1&session=Race')
  expect(text()).toContain('No feeds for Race')
  expect(button('Refresh feeds')).toBeTruthy()
})

it('shows the server’s message for a session that is not in the calendar', async () => {
  feeds = () => Promise.reject(new ApiError('unknown_session', 'the calendar has no event with the id "x"'))
  await open('#/watch?event=x')
  expect(text()).toContain('The calendar has no event with the id "x".')
})

it('a first start without sources says what to do and offers the demo', async () => {
  sources = []
  await open('#/watch')
  expect(text()).toContain('No sources yet')
  button('Try the demo').click()
  await settle()
  expect(putSource).toHaveBeenCalledWith('demo', { text: 'name = "Demo"\nkind = "demo"\n' })
  expect(extract).toHaveBeenCalledWith('demo')
})

it('W shows only the wall, Escape brings the rest back', async () => {
  await open('#/watch?live=1')
  await press('w')
  expect(document.querySelector('aside, header')).toBeNull()
  expect(document.documentElement.hasAttribute('data-alone')).toBe(true)
  await press('Escape')
  expect(document.querySelector('aside')).not.toBeNull()
  expect(document.documentElement.hasAttribute('data-alone')).toBe(false)
})

it('O opens the focused tile in the configured player', async () => {
  await open('#/watch?live=1')
  await press('2')
  await press('o')
  expect(openPlayer).toHaveBeenCalledWith('o', 'vlc')
})

it('Shift+S closes the sound bar that has the focus, Escape also one that has not', async () => {
  await open('#/watch?live=1')
  const bar = () => document.querySelector('[role="dialog"][aria-label="Sound"]')
  const shiftS = { key: 'S', shiftKey: true, bubbles: true, cancelable: true }
  await press('S', { shiftKey: true })
  expect(bar()?.contains(document.activeElement)).toBe(true)
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', shiftS))
  await settle()
  expect(bar()).toBeNull()
  await press('S', { shiftKey: true })
  ;(document.activeElement as HTMLElement).blur()
  await press('Escape')
  expect(bar()).toBeNull()
})

it('the delay’s field takes a decimal comma, and says what is wrong without changing the delay', async () => {
  await open('#/watch?live=1')
  const delay = () => document.querySelector('#delay-button b')?.textContent ?? 'off'
  const type = async (text: string) => {
    const panel = () => document.querySelector('[role="dialog"][aria-label="Delay"]')
    if (!panel()) await press('d')
    const field = panel()?.querySelector('input') as HTMLInputElement
    field.value = text
    field.dispatchEvent(new Event('input', { bubbles: true }))
    field.dispatchEvent(new Event('change', { bubbles: true }))
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    await settle()
    return panel()?.querySelector('[role="alert"]')?.textContent
  }
  expect(await type('12,5')).toBeUndefined()
  expect(delay()).toBe('12.5 s')
  expect(await type('abc')).toBe('“abc” is not a number of seconds. Enter one such as 12.5.')
  expect(await type('-5')).toBe('Enter 0 to 3600 s.')
  expect(delay()).toBe('12.5 s')
  expect(await type('')).toBeUndefined()
  expect(delay()).toBe('off')
})

it('the tile that gets the focus while one is in full screen is shown there, and F leaves', async () => {
  await open('#/watch?live=1')
  const fullscreen = vi.fn(async () => undefined)
  Object.assign(app.shell, { fullscreen, isFullscreen: async () => false })
  const filling = () => document.querySelector('.filling [role="group"]')?.getAttribute('aria-label')
  await press('2')
  await press('f')
  expect(filling()).toBe('Onboard 4')
  await press('3')
  expect(filling()).toBe('Timing')
  await press('ArrowLeft')
  expect(filling()).not.toBe('Timing')
  // As Tab does, or the remote.
  button('Close').focus()
  await settle()
  expect(filling()).toBe('World feed')
  await press('f')
  expect(filling()).toBeUndefined()
  expect(fullscreen.mock.calls).toEqual([[true], [false]])
  await press('f')
  await press('x')
  expect(filling(), 'the closed tile is not replaced by another').toBeUndefined()
})

it('after a number or an arrow key, the space bar is for the tile that has the focus', async () => {
  await open('#/watch?live=1')
  const playing = () => tiles().map((t) => t.querySelector('[aria-label="Play"]') === null)
  const space = async () => {
    const to = document.activeElement ?? document.body
    const e = new KeyboardEvent('keydown', { key: ' ', bubbles: true, cancelable: true })
    to.dispatchEvent(e)
    await settle()
    // What a browser does with a button that has the focus.
    if (!e.defaultPrevented && to instanceof HTMLButtonElement) to.click()
    await settle()
  }
  await press('d')
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
  )
  await settle()
  expect(document.activeElement?.id).toBe('delay-button')
  await press('2')
  await space()
  expect(document.querySelector('[role="dialog"]')).toBeNull()
  expect(playing()).toEqual([true, false, true])
  // A button of another tile is outside, too.
  tiles()[1]?.querySelector<HTMLElement>('[aria-label="Play"]')?.focus()
  await press('ArrowLeft')
  await space()
  expect(playing()).toEqual([false, false, true])
})

it('a button leads out of the bare wall, and can be seen for three seconds after the pointer moved', async () => {
  await open('#/watch?live=1')
  button('Show only the wall').click()
  await settle()
  const shown = () => button('Show the bar').parentElement?.classList.contains('shown')
  const move = () => {
    window.dispatchEvent(new Event('pointermove'))
    flushSync()
    return shown()
  }
  vi.useFakeTimers()
  try {
    expect(move()).toBe(true)
    vi.advanceTimersByTime(2_900)
    flushSync()
    expect(shown()).toBe(true)
    vi.advanceTimersByTime(200)
    flushSync()
    expect(shown()).toBe(false)
    expect(move()).toBe(true)
  } finally {
    vi.useRealTimers()
  }
  button('Show the bar').click()
  await settle()
  expect(document.querySelector('header')).not.toBeNull()
})

it('marks the tiles that are heard where that is not just the focused one', async () => {
  await open('#/watch?live=1')
  const heard = () =>
    tiles()
      .filter((t) => t.querySelector('.name [role="img"][aria-label="Heard"]'))
      .map((t) => t.getAttribute('aria-label'))
  expect(heard()).toEqual([])
  const from = document.querySelector<HTMLSelectElement>('select[aria-label="Audio from"]')
  if (!from) throw new Error('no select of the sound')
  from.value = 'o'
  from.dispatchEvent(new Event('change', { bubbles: true }))
  await settle()
  expect(heard()).toEqual(['Onboard 4'])
  await press('2')
  expect(heard(), 'it is the focused one').toEqual([])
  await press('3')
  expect(heard()).toEqual(['Onboard 4'])
  await press('m')
  expect(heard(), 'all are muted').toEqual([])
})

it('I shows all names and facts, then hides them, and a new offset is shown for three seconds', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1 })
  try {
    await open('#/watch?live=1')
    const facts = () =>
      tiles().map((t) =>
        ['shown', 'all', 'tuned'].filter((c) => t.querySelector('[role="note"]')?.classList.contains(c)),
      )
    const later = async () => {
      await vi.advanceTimersByTimeAsync(3_100)
      await settle()
      return facts()
    }
    expect(await later()).toEqual([['shown'], ['shown'], ['shown']])
    await press('i')
    expect(await later()).toEqual(Array(3).fill(['shown', 'all']))
    await press('i')
    expect(await later()).toEqual([[], [], []])
    await press('.')
    expect(facts()[0]).toEqual(['shown', 'tuned'])
    expect(await later()).toEqual([[], [], []])
    await press('i')
    expect(await later()).toEqual([['shown'], ['shown'], ['shown']])
  } finally {
    vi.useRealTimers()
  }
})
