import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Tile } from '../tile.svelte'
import { BySound } from './by-sound.svelte'

const feed = (date: number | null, isLive = true) => {
  const off = vi.fn()
  const player = {
    status: 'playing',
    isLive,
    run: 1,
    stats: { date },
    listen: vi.fn(() => off),
    placeByEdge: () => undefined,
    reading: null,
  }
  return { tile: { key: String(date), player } as unknown as Tile, player, listen: player.listen, off }
}

let end: () => void = () => undefined
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  end()
  vi.useRealTimers()
})
const follow = (...feeds: ReturnType<typeof feed>[]) => {
  end = new BySound(
    () => feeds.map((f) => f.tile),
    () => true,
  ).follow()
}

it('listens to a feed without date times and to one with them, until there is none', () => {
  const [dated, late] = [feed(1_000_000), feed(null)]
  follow(dated, late)
  vi.advanceTimersByTime(3_000)
  expect([dated, late].map((f) => f.listen.mock.calls.length)).toEqual([1, 1])
  late.player.stats.date = 1_000_000
  vi.advanceTimersByTime(1_000)
  expect([dated, late].map((f) => f.off.mock.calls.length)).toEqual([1, 1])
})

it('starts again with the media time of a player', () => {
  const [dated, undated] = [feed(1_000_000), feed(null)]
  follow(dated, undated)
  vi.advanceTimersByTime(2_000)
  undated.player.run++
  vi.advanceTimersByTime(2_000)
  expect([dated, undated].map((f) => f.listen.mock.calls.length)).toEqual([1, 2])
  expect(undated.off).toHaveBeenCalledOnce()
})

it('listens to no recording, and to nothing for its sake', () => {
  const feeds = [feed(1_000_000), feed(null, false)] as const
  follow(...feeds)
  vi.advanceTimersByTime(5_000)
  expect(feeds.map((f) => f.listen.mock.calls.length)).toEqual([0, 0])
})
