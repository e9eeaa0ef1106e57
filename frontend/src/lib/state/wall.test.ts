import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type Client, type Layouts, type Listener, type SessionFeeds, type Stream } from '../api'
import { Tile } from '../player/tile.svelte'
import type { Command, Shell } from '../shell/shell'
import { App } from './app.svelte'
import { Wall } from './wall.svelte'

const feed = (id: string, rest: Partial<Stream> = {}): Stream => ({
  id,
  url: '',
  site_key: 'club',
  site_name: 'Club TV',
  quality: '720p',
  title: `Feed ${id}`,
  extracted_at: '',
  is_live: true,
  response_time_ms: 5,
  checked_at: null,
  bitrate: null,
  ...rest,
})
const session = (name: string, ids: string[]): SessionFeeds => ({
  event_id: 'e1',
  event: 'Grand Prix',
  session: name,
  session_type: 'race',
  status: 'live',
  start: null,
  end: null,
  streams: ids.map((id) => feed(id)),
  count: ids.length,
  listed: ids.length,
  layout: '',
})

let app: App
let wall: Wall
let ends: (() => void)[]
let kept: Layouts
let listener: Listener | undefined
let command: ((c: Command) => void) | undefined
const put = vi.fn<(doc: Layouts) => Promise<Layouts>>()

const settle = async () => {
  flushSync()
  for (let i = 0; i < 8; i++) await Promise.resolve()
  flushSync()
}
const ids = () => wall.tiles.map((t) => t.id).join(' ')
const drawn = () => wall.drawn.map((t) => t.id).join(' ')
const heard = () => wall.tiles.filter((t) => !t.player.muted).map((t) => t.id)

/** A start of Gridwall, with the document that the server has. */
async function start(doc: Layouts = {}) {
  kept = doc
  const rest = Object.fromEntries(
    ['schedule', 'streamChanges', 'active', 'sources', 'about'].map((n) => [n, async () => ({})]),
  )
  const client = {
    ...rest,
    settings: async () => ({ settings: { 'ui.layout': 'auto' }, fixed: [], restart: [] }),
    // No lease comes: these tests are about the wall, not about what its tiles play.
    activate: () => new Promise(() => undefined),
    deactivate: async () => undefined,
    layouts: async () => kept,
    putLayouts: put,
    subscribe: (l: Listener) => {
      listener = l
      return () => undefined
    },
  } as unknown as Client
  const shell = {
    window: true,
    ready: async () => [],
    onCommand: (l: (c: Command) => void) => {
      command = l
      return () => undefined
    },
    state: async () => ({ tray: true, codecs: '' }),
  } as unknown as Shell
  app = new App(client, shell)
  wall = new Wall(app)
  ends = [app.start(), wall.follow()]
  wall.setSize(1280, 720)
  listener?.connected(true)
  await settle()
}

beforeEach(async () => {
  vi.useFakeTimers()
  put.mockReset()
  put.mockImplementation(async (doc) => (kept = doc))
  await start()
})
afterEach(() => {
  wall.clear()
  ends.forEach((end) => end())
  vi.useRealTimers()
})

describe('opening, closing and swapping', () => {
  it('leaves the other tiles as they are, and the order in which they are drawn', () => {
    for (const id of ['a', 'b', 'c', 'd']) wall.open(feed(id))
    const before = new Map(wall.tiles.map((t) => [t.id, t]))
    const closed = wall.tiles.map((t) => vi.spyOn(t, 'close'))
    wall.swap('a', 'd')
    wall.focus('b')
    wall.move('left')
    expect([ids(), drawn()]).toEqual(['b d c a', 'a b c d'])
    wall.close('c')
    wall.open(feed('e'))
    expect([ids(), drawn()]).toEqual(['b d a e', 'a b d e'])
    expect(wall.tiles.every((t) => t.id === 'e' || before.get(t.id) === t)).toBe(true)
    expect(closed.map((c) => c.mock.calls.length)).toEqual([0, 0, 1, 0])
  })

  it('opens a feed once, and nine at most', () => {
    for (let i = 1; i <= 9; i++) wall.open(feed(String(i)))
    expect(wall.open(feed('3'))).toBe(true)
    expect(wall.focused?.id).toBe('3')
    expect(wall.open(feed('10'))).toBe(false)
    expect(wall.tiles).toHaveLength(9)
    expect(app.notices.toasts.map((t) => t.text)).toEqual([
      'The wall holds 9 feeds. Close one, then open this one.',
    ])
  })

  it('tells a screen reader where things went', () => {
    wall.open(feed('a'))
    wall.open(feed('b'))
    expect(wall.said).toBe('Feed b is place 2')
    wall.swap('a', 'b')
    expect(wall.said).toBe('Feed a is now place 2, Feed b place 1')
    wall.close('a')
    expect(wall.said).toBe('Feed a is closed')
  })

  it('gives the focus of a closed tile to the one that takes its place', () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    wall.focusPlace(1)
    wall.close('b')
    expect(wall.focused?.id).toBe('c')
    wall.close('c')
    expect(wall.focused?.id).toBe('a')
    wall.close('a')
    expect(wall.focused).toBeUndefined()
  })

  it('moves the focus where the arrow points', () => {
    wall.setLayout('2x2')
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    wall.focusNext('right')
    expect(wall.focused?.id).toBe('b')
    // The fourth place is empty.
    wall.focusNext('down')
    expect(wall.focused?.id).toBe('c')
    wall.focusNext('down')
    expect(wall.focused?.id).toBe('c')
  })
})

describe('the sound', () => {
  beforeEach(async () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    await settle()
  })

  it('follows the focus: one tile is heard', () => {
    expect(heard()).toEqual(['a'])
    wall.focus('c')
    expect(heard()).toEqual(['c'])
    wall.close('c')
    expect(heard()).toEqual(['b'])
  })

  it('stays silent when it was silenced, until it is wanted again', async () => {
    wall.setMuted(true)
    wall.focus('b')
    await settle()
    expect(heard()).toEqual([])
    wall.setMuted(false)
    expect(heard()).toEqual(['b'])
  })

  it('goes to the tile whose own button unmutes it, and off with the one that is heard', async () => {
    wall.tiles[2]?.player.setMuted(false)
    await settle()
    expect([heard(), wall.focused?.id]).toEqual([['c'], 'c'])
    wall.tiles[2]?.player.setMuted(true)
    await settle()
    expect(wall.muted).toBe(true)
    wall.focus('a')
    expect(heard()).toEqual([])
  })

  it('stays with a tile when asked to', async () => {
    wall.setSound('b')
    wall.focus('c')
    await settle()
    expect([heard(), wall.soundStays]).toEqual([['b'], true])
    wall.close('b')
    await settle()
    expect([heard(), wall.soundStays]).toEqual([['c'], false])
  })
})

describe('the layout', () => {
  it('grows with its tiles and shrinks back', () => {
    wall.setLayout('2')
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    expect([wall.shownLayout, wall.layout, wall.rects.length]).toEqual(['1+2', '2', 3])
    wall.close('c')
    expect([wall.shownLayout, wall.rects.length]).toEqual(['2', 2])
  })

  it('goes to the next that has room for all', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) wall.open(feed(id))
    const seen = [1, 2, 3].map(() => {
      wall.nextLayout()
      return wall.shownLayout
    })
    expect(seen).toEqual(['1+5', '3x3', 'auto'])
  })

  it('has no empty places while the wall is alone', () => {
    wall.setLayout('1+5')
    wall.open(feed('a'))
    expect(wall.rects).toHaveLength(6)
    wall.setTight(true)
    expect(wall.rects).toHaveLength(1)
  })

  it('is the one of the settings until another is chosen', async () => {
    app.preferences.remote.set({ settings: { 'ui.layout': '1+3' }, fixed: [], restart: [] })
    expect(wall.layout).toBe('1+3')
    wall.setLayout('2x2')
    expect(wall.layout).toBe('2x2')
  })
})

describe('a session', () => {
  it('opens its best four, those on air', () => {
    const s = session('Race', ['a', 'b', 'c', 'd', 'e', 'f'])
    s.streams[1] = feed('b', { is_live: false })
    expect(wall.openSession(s)).toBe('opened')
    expect(ids()).toBe('a c d e')
    expect(app.notices.toasts).toEqual([])
  })

  it('keeps the tiles that belong to it, and offers the way back to the others', () => {
    for (const id of ['x', 'b', 'y']) wall.open(feed(id))
    wall.setLayout('1+2')
    wall.focus('y')
    const b = wall.tiles[1]
    expect(wall.openSession(session('Race', ['a', 'b']))).toBe('opened')
    expect(ids()).toBe('a b')
    expect(wall.tiles[1]).toBe(b)
    const undo = app.notices.toasts[0]
    expect(undo?.action?.label).toBe('Undo')
    app.notices.act(undo?.id ?? 0)
    expect([ids(), wall.focused?.id, wall.session]).toEqual(['x b y', 'y', null])
    expect(wall.tiles[1]).toBe(b)
  })

  it('leaves its wall as its user arranged it', () => {
    const race = session('Race', ['a', 'b', 'c', 'd'])
    wall.openSession(race)
    wall.close('d')
    wall.open(feed('x'))
    wall.swap('a', 'c')
    expect(wall.openSession(race)).toBe('kept')
    expect(ids()).toBe('c b a x')
    // Another session is another wall.
    expect(wall.openSession(session('Sprint', ['s']))).toBe('opened')
    expect(ids()).toBe('s')
  })

  it('without feeds changes nothing', () => {
    wall.open(feed('a'))
    expect(wall.openSession(session('Race', []))).toBe('none')
    expect([ids(), wall.session]).toEqual(['a', null])
  })
})

describe('a tile that was closed', () => {
  it('comes back to its place with its volume and its offset', async () => {
    await start()
    wall.openSession(session('Race', ['a', 'b', 'c']))
    const b = wall.tiles[1]
    b?.player.setVolume(0.3)
    b?.setOffset(700)
    wall.focus('b')
    wall.close('b')
    expect(ids()).toBe('a c')
    const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
    expect(toast?.text).toBe('Feed b is closed.')
    app.notices.act(toast?.id ?? 0)
    expect(ids()).toBe('a b c')
    expect([wall.tiles[1]?.player.volume, wall.tiles[1]?.offset, wall.focused?.id]).toEqual([0.3, 700, 'b'])
  })

  it('brings the session back where it was the last one', async () => {
    await start()
    wall.openSession(session('Race', ['a']))
    wall.close('a')
    expect(wall.session).toBeNull()
    const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
    app.notices.act(toast?.id ?? 0)
    expect([ids(), wall.session?.session]).toEqual(['a', 'Race'])
  })
})

describe('a session with a rule', () => {
  it('opens exactly its feeds, a dead one and more than four too, in its layout', async () => {
    await start()
    const feeds = session('Race', ['a', 'b', 'c', 'd', 'e'])
    feeds.streams = feeds.streams.map((s) => (s.id === 'b' ? { ...s, is_live: false } : s))
    wall.openSession({ ...feeds, rule: { place: 0, name: 'r', fixed: false, chooses: true }, layout: '1+5' })
    expect(ids()).toBe('a b c d e')
    expect(wall.layout).toBe('1+5')
  })

  it('opens by itself at its start, and only offers itself where something plays', async () => {
    await start()
    const notice = { kind: 'open', message: 'Race begins: Grand Prix', event_id: 'e1', session: 'Race' }
    const begins = () => listener?.event({ type: 'notice', seq: 1, at: '', notice })
    app.playing = () => true
    location.hash = '#/schedule'
    begins()
    expect(location.hash).toBe('#/schedule')
    const toast = app.notices.toasts.find((t) => t.text === 'Race begins: Grand Prix')
    expect(toast?.action?.label).toBe('Open its feeds')
    app.notices.act(toast?.id ?? 0)
    expect(location.hash).toBe('#/watch?event=e1&session=Race')
    location.hash = '#/schedule'
    app.playing = () => false
    begins()
    expect(location.hash).toBe('#/watch?event=e1&session=Race')
  })
})

describe('the wall of the last time', () => {
  const last: Layouts = {
    version: 1,
    layout: '1+3',
    focus: 'b',
    tiles: [
      {
        id: 'a',
        title: 'World',
        site_name: 'Club',
        quality: '1080p',
        settings: { volume: 0.4, colour: 'red' },
      },
      { id: 'b', title: 'Onboard', site_name: 'Club', quality: '720p', settings: 'none' },
      { id: 'a', title: 'twice' },
      { title: 'without an id' },
      7,
    ],
    panel: false,
    muted: true,
    of_another: { keep: 'me' },
  }
  const restart = async (doc: Layouts) => {
    ends.forEach((end) => end())
    await start(doc)
  }

  it('comes back, without what is broken in it', async () => {
    await restart(last)
    expect([ids(), wall.focused?.id, wall.layout, wall.panel, wall.muted]).toEqual([
      'a b',
      'b',
      '1+3',
      false,
      true,
    ])
    expect(wall.tiles[0]?.title).toBe('World')
    expect(wall.tiles[0]?.settings().volume).toBe(0.4)
    expect(heard()).toEqual([])
  })

  it('is saved half a second after the last change, with the fields of others', async () => {
    await restart(last)
    await vi.advanceTimersByTimeAsync(2_000)
    put.mockClear()
    wall.setMuted(false)
    await settle()
    await vi.advanceTimersByTimeAsync(400)
    wall.swap('a', 'b')
    await settle()
    await vi.advanceTimersByTimeAsync(400)
    expect(put).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    expect(put).toHaveBeenCalledOnce()
    expect(kept).toMatchObject({
      version: 1,
      layout: '1+3',
      focus: 'b',
      muted: false,
      panel: false,
      tiles: [
        { id: 'b', title: 'Onboard' },
        { id: 'a', title: 'World', quality: '1080p', site_name: 'Club', settings: { volume: 0.4 } },
      ],
      of_another: { keep: 'me' },
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(put).toHaveBeenCalledOnce()
  })

  it.each([[[]], [{ tiles: 'x', layout: '9x9', focus: 3, named: [1], session: 'live' }], [null]])(
    'is empty where the document is broken: %j',
    async (doc) => {
      await restart(doc as unknown as Layouts)
      expect([wall.ready, ids(), wall.layout, wall.panel]).toEqual([true, '', 'auto', true])
      wall.open(feed('a'))
      await settle()
      await vi.advanceTimersByTimeAsync(600)
      expect(kept).toMatchObject({ version: 1, tiles: [{ id: 'a' }] })
    },
  )

  it('is not overwritten before it was read, and joins what was opened meanwhile', async () => {
    const layouts = vi.fn(async (): Promise<Layouts> =>
      Promise.reject(new ApiError('internal', 'the disk is gone')),
    )
    ends.forEach((end) => end())
    await start()
    wall.clear()
    ends.forEach((end) => end())
    const failing = Object.assign(app.client, { layouts })
    app = new App(failing, app.shell)
    wall = new Wall(app)
    ends = [app.start(), wall.follow()]
    put.mockClear()
    listener?.connected(true)
    await settle()
    expect(wall.ready).toBe(true)
    wall.open(feed('new'))
    await settle()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(put).not.toHaveBeenCalled()
    layouts.mockResolvedValue(last)
    listener?.connected(false)
    listener?.connected(true)
    await settle()
    expect(ids()).toBe('a b new')
  })

  it('is saved after the server was away', async () => {
    await restart(last)
    await vi.advanceTimersByTimeAsync(1_000)
    put.mockClear()
    put.mockRejectedValueOnce(new ApiError('unreachable', 'Gridwall does not answer'))
    wall.setLayout('2x2')
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    listener?.connected(false)
    await settle()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(put).toHaveBeenCalledOnce()
    listener?.connected(true)
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    expect(put).toHaveBeenCalledTimes(2)
    expect(kept['layout']).toBe('2x2')
  })
})

it('walls with a name come back with one press, and a deleted one too', async () => {
  wall.setLayout('1+2')
  for (const id of ['a', 'b']) wall.open(feed(id))
  wall.saveAs('Race day')
  wall.clear()
  wall.open(feed('z'))
  wall.openNamed('Race day')
  expect([ids(), wall.layout]).toEqual(['a b', '1+2'])
  wall.saveAs('Race day')
  expect(wall.named).toHaveLength(1)
  wall.deleteNamed('Race day')
  expect(wall.named).toHaveLength(0)
  const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
  app.notices.act(toast?.id ?? 0)
  expect(wall.named.map((n) => n.name)).toEqual(['Race day'])
})

it('pictures stop while the window is hidden in the tray, those opened then too', async () => {
  const suspended = vi.spyOn(Tile.prototype, 'suspend')
  const resumed = vi.spyOn(Tile.prototype, 'resume')
  wall.open(feed('a'))
  await settle()
  resumed.mockClear()
  command?.({ name: 'hidden' })
  await settle()
  wall.open(feed('b'))
  const ids = (calls: unknown[]) => calls.map((t) => (t as Tile).id)
  expect(ids(suspended.mock.contexts)).toEqual(['a', 'b'])
  command?.({ name: 'shown' })
  await settle()
  expect(ids(resumed.mock.contexts)).toEqual(['a', 'b'])
})
