import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError, type Active, type Activation } from '../api'
import type { App } from '../state/app.svelte'
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
        return { id: 'a', playback_url: '/hls/a/index.m3u8' } as Active
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
