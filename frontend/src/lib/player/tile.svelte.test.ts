import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type Active, type Activation } from '../api'
import type { App } from '../state/app.svelte'
import type { Player } from './player.svelte'
import { Tile } from './tile.svelte'

const feed = { id: 'a', title: 'Timing', site_name: 'Club TV', quality: '720p' }
let calls: string[] = []
let fail: ApiError | undefined
let answer: Promise<void> | undefined

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
    clock: { now: 0 },
    connected: true,
  }) as unknown as App

let tile: Tile
beforeEach(() => {
  vi.useFakeTimers()
  calls = []
  fail = answer = undefined
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

it('remembers volume, quality, tracks and the offset of its clock', () => {
  const saved = {
    volume: 0.5,
    quality: '720p',
    audio: 'Team radio',
    audioLanguage: 'en',
    subtitleLanguage: '',
    subtitle: '',
    offset: -1200,
  }
  const again = new Tile(app(), feed, saved)
  expect(again.settings()).toEqual(saved)
  again.setOffset(99_999)
  expect(again.offset).toBe(10_000)
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
