import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Tile } from '../tile.svelte'
import { BySound } from './by-sound.svelte'

const feed = (date: number | null) => {
  const listen = vi.fn()
  const player = {
    status: 'playing',
    stats: { date },
    listen,
    tap: undefined,
    video: undefined,
    placeByEdge: () => undefined,
    reading: null,
  }
  return { tile: { key: String(date), player } as unknown as Tile, player, listen }
}

let end: () => void = () => undefined
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  end()
  vi.useRealTimers()
})

it('listens to no feed whose date time is not known yet, since that cannot be undone', () => {
  const [dated, late] = [feed(1_000_000), feed(null)]
  end = new BySound(
    () => [dated.tile, late.tile],
    () => true,
  ).follow()
  vi.advanceTimersByTime(4_000)
  late.player.stats.date = 1_000_000
  vi.advanceTimersByTime(20_000)
  expect([dated.listen.mock.calls.length, late.listen.mock.calls.length]).toEqual([0, 0])
})

it('listens to a feed without date times, and to one with them', () => {
  const [dated, undated] = [feed(1_000_000), feed(null)]
  end = new BySound(
    () => [dated.tile, undated.tile],
    () => true,
  ).follow()
  vi.advanceTimersByTime(6_000)
  expect(dated.listen).toHaveBeenCalled()
  expect(undated.listen).toHaveBeenCalled()
})
