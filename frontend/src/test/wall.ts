import { flushSync } from 'svelte'
import { afterEach, beforeEach, vi } from 'vitest'
import {
  ApiError,
  type Client,
  type Listener,
  type OffsetChange,
  type SessionFeeds,
  type Stream,
  type Wall as SavedWall,
} from '$lib/api'
import { changed } from '$lib/offsets/offsets'
import type { Layouts } from '$lib/grid/layouts'
import type { Command, Shell } from '$lib/shell/shell'
import { App } from '$lib/state/app.svelte'
import { Wall } from '$lib/state/wall.svelte'

// A wall for tests, with a fake server that stores its document. The exported variables belong to the last start.

export const feed = (id: string, rest: Partial<Stream> = {}): Stream => ({
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
export const session = (name: string, ids: string[]): SessionFeeds => ({
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

export let app: App
export let wall: Wall
/** The document that the server has stored. */
export let stored: Layouts
/** The saved walls that the server has stored. */
export let saved: SavedWall[] = []
export let listener: Listener | undefined
export let command: ((c: Command) => void) | undefined
export const put = vi.fn<(doc: Layouts) => Promise<Layouts>>()
let ends: (() => void)[] = []

export const settle = async () => {
  flushSync()
  for (let i = 0; i < 8; i++) await Promise.resolve()
  flushSync()
}
export const ids = () => wall.tiles.map((t) => t.id).join(' ')
export const drawn = () => wall.drawn.map((t) => t.id).join(' ')
export const heard = () => wall.tiles.filter((t) => !t.player.muted).map((t) => t.id)

/** Starts an app and its wall, after ending those of an earlier start. */
export function begin(client: Client, shell: Shell) {
  ends.forEach((end) => end())
  app = new App(client, shell)
  wall = new Wall(app)
  ends = [app.start(), wall.follow()]
}

let revisions = 0
const check = (name: string, revision: string) => {
  const current = saved.find((w) => w.name === name)?.revision ?? '0'
  if (current !== revision) throw new ApiError('stale', `the wall "${name}" was changed meanwhile`)
}
/** The server's operations on saved walls. */
const savedWalls = {
  walls: async () => ({ walls: saved }),
  putWall: async (name: string, revision: string, wall: unknown) => {
    check(name, revision)
    const put = { name, revision: `r${++revisions}`, wall }
    saved = [...saved.filter((w) => w.name !== name), put]
    return put
  },
  deleteWall: async (name: string, revision: string) => {
    check(name, revision)
    saved = saved.filter((w) => w.name !== name)
  },
}
/** Replaces the saved walls of the server. */
export const store = (walls: SavedWall[]) => void (saved = walls)
/** Saves a wall as another screen would. */
export const saveElsewhere = (name: string, wall: Layouts) =>
  savedWalls.putWall(name, saved.find((w) => w.name === name)?.revision ?? '0', wall)

/** Starts Gridwall with a document that the server has stored. */
export async function start(doc: Layouts = {}, window = true) {
  stored = doc
  const rest = Object.fromEntries(
    ['schedule', 'streamChanges', 'sources', 'about'].map((n) => [n, async () => ({})]),
  )
  const client = {
    ...rest,
    active: async () => ({ active: [] }),
    offsets: async () => ({ version: 1, offsets: [] }),
    putOffsets: async (c: OffsetChange) => ({ version: 1, offsets: changed([], c.offsets) }),
    settings: async () => ({ settings: { 'ui.layout': 'auto' }, fixed: [], restart: [] }),
    // Never resolves: these tests are about the wall, not about what its tiles play.
    activate: () => new Promise(() => undefined),
    deactivate: async () => undefined,
    layouts: async () => stored,
    putLayouts: put,
    ...savedWalls,
    subscribe: (l: Listener) => {
      listener = l
      return () => undefined
    },
  } as unknown as Client
  const shell = {
    window,
    ready: async () => [],
    keepAwake: async () => undefined,
    onCommand: (l: (c: Command) => void) => {
      command = l
      return () => undefined
    },
    state: async () => ({ tray: true, codecs: '', player: [] }),
  } as unknown as Shell
  begin(client, shell)
  wall.arrangement.setSize(1280, 720)
  listener?.connected(true)
  await settle()
}

/** Gives each test of a file an empty wall and fake timers. */
export function startEach() {
  beforeEach(async () => {
    vi.useFakeTimers()
    saved = []
    location.hash = ''
    sessionStorage.clear()
    localStorage.clear()
    put.mockReset()
    put.mockImplementation(async (doc) => (stored = doc))
    await start()
  })
  afterEach(() => {
    wall.clear()
    ends.forEach((end) => end())
    ends = []
    vi.useRealTimers()
  })
}
