import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ApiError,
  type Active,
  type Activation,
  type Client,
  type OffsetChange,
  type OffsetList,
} from '../api'
import { changed } from '../offsets/offsets'
import type { App } from '../state/app.svelte'
import { Notices } from '../state/notices.svelte'
import { OffsetBook } from '../state/offsets.svelte'
import type { Player } from './player.svelte'
import { Tile } from './tile.svelte'

const feed = { id: 'a', title: 'Timing', site_name: 'Club TV', quality: '720p' }
let calls: string[] = []
let fail: ApiError | undefined
let answer: Promise<void> | undefined

let book: OffsetBook
let offsets: OffsetList

const app = () =>
  ({
    client: {
      activate: async (a: Activation) => {
        calls.push(`activate ${a.stream_id} ${a.viewer}`)
        if (fail) throw fail
        await answer
        return { id: a.stream_id, playback_url: `/hls/${a.stream_id}/index.m3u8` } as Active
      },
      deactivate: async (id: string, viewer: string) => void calls.push(`deactivate ${id} ${viewer}`),
    },
    active: { value: { active: [] } },
    offsets: book,
    clock: { now: 0 },
    connected: true,
  }) as unknown as App

let tile: Tile
beforeEach(() => {
  vi.useFakeTimers()
  calls = []
  fail = answer = undefined
  offsets = { version: 1, offsets: [] }
  const client = {
    offsets: async () => offsets,
    putOffsets: async (c: OffsetChange) =>
      (offsets = { version: 1, offsets: changed(offsets.offsets, c.offsets) }),
  } as unknown as Client
  book = new OffsetBook(client, new Notices())
  tile = new Tile(app(), feed)
})
afterEach(() => {
  tile.close()
  vi.useRealTimers()
})

it('takes a lease under its own name, renews it, and ends it', async () => {
  const opened = vi.spyOn(tile.player, 'open').mockImplementation(() => undefined)
  await tile.start()
  expect(opened).toHaveBeenCalledWith('/hls/a/index.m3u8')
  await vi.advanceTimersByTimeAsync(302_000)
  tile.close()
  expect(calls).toEqual([
    `activate a ${tile.viewer}`,
    `activate a ${tile.viewer}`,
    `deactivate a ${tile.viewer}`,
  ])
  expect(new Tile(app(), feed).viewer).not.toBe(tile.viewer)
})

it('renews the lease while the window is hidden, and resumes when it is shown', async () => {
  const opened = vi.spyOn(tile.player, 'open').mockImplementation(() => undefined)
  const halted = vi.spyOn(tile.player, 'halt')
  await tile.start()
  tile.suspend()
  expect(halted).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(16 * 60_000)
  expect(calls.filter((c) => c.startsWith('activate')).length).toBeGreaterThan(3)
  expect(calls.some((c) => c.startsWith('deactivate'))).toBe(false)
  tile.resume()
  await vi.advanceTimersByTimeAsync(0)
  expect(opened).toHaveBeenCalledTimes(2)
})

it('says why it has no lease, and retries by itself', async () => {
  const opened = vi.spyOn(tile.player, 'open').mockImplementation(() => undefined)
  fail = new ApiError('unreachable', 'Gridwall is not responding.')
  await tile.start()
  expect(tile.player.problem).toMatchObject({
    what: 'Timing cannot start yet',
    why: 'Gridwall is not responding.',
  })
  fail = undefined
  await vi.advanceTimersByTimeAsync(1000)
  expect(opened).toHaveBeenCalledOnce()
})

it('says in plain words that the source of its feed is gone', async () => {
  fail = new ApiError(
    'unknown_stream',
    'no extraction has found this stream; look at GET /api/v1/streams?all=1',
  )
  await tile.start()
  expect(tile.player.problem).toMatchObject({ why: 'No source lists this feed any more.' })
})

it('ends a lease that arrives after it was closed', async () => {
  let go: () => void = () => undefined
  answer = new Promise((done) => (go = done))
  const started = tile.start()
  tile.close()
  calls = []
  go()
  await started
  expect(calls).toEqual([`deactivate a ${tile.viewer}`])
})

it('remembers volume, quality and tracks', () => {
  const saved = {
    volume: 0.5,
    quality: '720p',
    audio: 'Team radio',
    audioLanguage: 'en',
    subtitleLanguage: '',
    subtitle: '',
  }
  const again = new Tile(app(), feed, saved)
  expect(again.settings()).toEqual(saved)
})

describe('the offset', () => {
  const known = { ...feed, title: 'Onboard 7', site_key: 'club' }

  it('belongs to the feed, not to the tile, and is stored once for a key that is held down', async () => {
    await book.remote.load()
    const a = new Tile(app(), known)
    const put = vi.spyOn(book.remote, 'set')
    for (let i = 0; i < 5; i++) a.setOffset(a.offset + 50)
    expect([a.offset, a.settings().offset]).toEqual([250, undefined])
    expect(new Tile(app(), { ...known, id: 'another id' }).offset, 'in another tile').toBe(250)
    await vi.advanceTimersByTimeAsync(500)
    expect(put).toHaveBeenCalledOnce()
    expect(offsets.offsets).toEqual([{ source: 'club', feed: 'Onboard 7', ms: 250 }])
    a.setOffset(99_999)
    expect(a.offset).toBe(60_000)
  })

  it('can be that of a kind, until the feed has its own', async () => {
    await book.remote.load()
    const [a, b] = [new Tile(app(), known), new Tile(app(), { ...known, id: 'b', title: 'Onboard 44' })]
    a.setOffset(100)
    a.setOffset(100, { kind: 'Onboard' })
    expect([a.offset, b.offset, a.offsetScope]).toEqual([100, 100, { kind: 'Onboard' }])
    a.setOffset(a.offset + 50)
    expect(b.offset, 'a step changes what the offset is set for').toBe(150)
    b.setOffset(0, { feed: b.title })
    expect([a.offset, b.offset]).toEqual([150, 0])
    await vi.advanceTimersByTimeAsync(500)
    expect(offsets.offsets).toHaveLength(2)
  })

  it('of an old document is taken over once', async () => {
    const old = new Tile(app(), known, { offset: -1200 })
    old.adoptOffset()
    expect([old.offset, old.settings().offset], 'nothing is lost while it cannot be stored').toEqual([
      -1200, -1200,
    ])
    await book.remote.load()
    old.adoptOffset()
    expect([old.offset, old.settings().offset]).toEqual([-1200, undefined])
    await vi.advanceTimersByTimeAsync(500)
    expect(offsets.offsets).toEqual([{ source: 'club', feed: 'Onboard 7', ms: -1200 }])
    old.setOffset(0)
    const again = new Tile(app(), known, { offset: -1200 })
    again.adoptOffset()
    expect(again.offset, 'not again').toBe(0)
  })

  it('is not lost on a failure without a word', async () => {
    await book.remote.load()
    const notices = new Notices()
    const failing = {
      putOffsets: async () => {
        throw new ApiError('storage', 'The disk is full.')
      },
    } as unknown as Client
    const lost = new OffsetBook(failing, notices)
    lost.set({ source: 'club', title: 'World' }, 100)
    expect(lost.find({ source: 'club', title: 'World' }).ms).toBe(100)
    await vi.advanceTimersByTimeAsync(500)
    expect(notices.toasts[0]?.text).toBe('Could not save the offset: The disk is full.')
    expect(lost.find({ source: 'club', title: 'World' }).ms).toBe(0)
  })
})

it('retries soon after a failed lease renewal, without an unhandled rejection', async () => {
  vi.spyOn(tile.player, 'open').mockImplementation(() => undefined)
  await tile.start()
  const rejected = vi.fn()
  process.on('unhandledRejection', rejected)
  fail = new ApiError('unreachable', 'Gridwall is not responding')
  await vi.advanceTimersByTimeAsync(302_000)
  expect(calls.length).toBe(2)
  fail = undefined
  await vi.advanceTimersByTimeAsync(25_000)
  expect(calls.length).toBe(3)
  await vi.advanceTimersByTimeAsync(0)
  process.off('unhandledRejection', rejected)
  expect(rejected).not.toHaveBeenCalled()
})

it('opens once if the window is hidden and shown while the lease is pending', async () => {
  const opened = vi.spyOn(tile.player, 'open').mockImplementation(() => undefined)
  let go: () => void = () => undefined
  answer = new Promise((resolve) => (go = resolve))
  const first = tile.start()
  tile.suspend()
  tile.resume()
  go()
  await first
  await vi.advanceTimersByTimeAsync(10)
  expect(opened).toHaveBeenCalledOnce()
})

describe('changing the feed', () => {
  const other = { id: 'b', title: 'Onboard', site_name: 'Club TV', quality: '720p' }
  const moves = (player: Player | undefined) => {
    const video = document.createElement('video')
    player?.attach(video)
    video.dispatchEvent(new Event('playing'))
    flushSync()
  }

  it('shows the old feed until the new one moves, then ends the old one', async () => {
    await tile.start()
    const [key, old] = [tile.key, tile.player]
    old.setVolume(0.4)
    old.setMuted(false)
    tile.change(other)
    await vi.advanceTimersByTimeAsync(0)
    const [, next] = tile.playbacks
    expect([tile.id, tile.upcoming?.feed.id, tile.player === old]).toEqual(['a', 'b', true])
    expect(next?.player.muted, 'it is silent before it is shown').toBe(true)
    moves(next?.player)
    expect([tile.id, tile.title, tile.upcoming, tile.key]).toEqual(['b', 'Onboard', undefined, key])
    expect([tile.player.volume, tile.player.muted]).toEqual([0.4, false])
    expect(calls.filter((c) => c.startsWith('deactivate a'))).toHaveLength(1)
    expect(calls.filter((c) => c.startsWith('deactivate b'))).toEqual([])
  })

  it('keeps the old feed if the new one cannot start, and if it is chosen again', async () => {
    await tile.start()
    const old = tile.player
    fail = new ApiError('unreachable', 'Gridwall is not responding.')
    tile.change(other)
    await vi.advanceTimersByTimeAsync(30_000)
    expect([tile.id, tile.player === old, tile.upcoming?.player.problem?.why]).toEqual([
      'a',
      true,
      'Gridwall is not responding.',
    ])
    tile.change(feed)
    expect([tile.id, tile.upcoming, tile.player === old]).toEqual(['a', undefined, true])
    expect(calls.some((c) => c.startsWith('deactivate a'))).toBe(false)
  })

  it('shows only the feed that was chosen last', async () => {
    await tile.start()
    tile.change(other)
    const first = tile.upcoming
    tile.change({ ...other, id: 'c' })
    moves(first?.player)
    expect([tile.id, tile.upcoming?.feed.id]).toEqual(['a', 'c'])
    await vi.advanceTimersByTimeAsync(0)
    expect(calls.some((c) => c.startsWith('deactivate b'))).toBe(true)
  })

  it('ends both leases when it is closed during a change', async () => {
    await tile.start()
    tile.change(other)
    await vi.advanceTimersByTimeAsync(0)
    tile.close()
    await vi.advanceTimersByTimeAsync(0)
    const ended = calls.filter((c) => c.startsWith('deactivate')).map((c) => c.split(' ')[1])
    expect([...new Set(ended)]).toEqual(['b', 'a'])
  })
})
