import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Sync } from './sync.svelte'
import type { Tile } from './tile.svelte'

/** A playing feed, with its media time and the date at each media time. */
class Feed {
  at: number
  rate = 1
  seeks = 0
  constructor(
    readonly id: string,
    at: number,
    readonly dateAt: (media: number) => number | null,
  ) {
    this.at = at
  }
  second(): void {
    this.at += this.rate
  }
  /** The part of a tile that Sync uses. */
  get tile(): Tile {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the getters below have a this of their own
    const feed = this
    return {
      key: this.id,
      offset: 0,
      setDrift: () => undefined,
      player: {
        status: 'playing',
        get date() {
          return feed.dateAt(feed.at)
        },
        setRate: (rate: number) => (feed.rate = rate),
        live: {
          timeShifted: false,
          room: 0,
          seekTo: (date: number) => {
            // As LiveEdge does it: from the current date, assuming even progress.
            feed.seeks++
            feed.at += (date - (feed.dateAt(feed.at) ?? 0)) / 1000
            return true
          },
        },
      },
    } as unknown as Tile
  }
}

const START = Date.parse('2030-05-24T13:00:00Z')
const even = (media: number) => START + media * 1000

let sync: Sync
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  sync.stop()
  vi.useRealTimers()
})

async function play(feeds: Feed[], seconds: number) {
  const tiles = feeds.map((f) => f.tile)
  sync = new Sync(() => tiles)
  sync.start()
  for (let s = 0; s < seconds; s++) {
    await vi.advanceTimersByTimeAsync(1000)
    feeds.forEach((f) => f.second())
  }
}

it.each([
  ['goes back 3 s', (m: number) => even(m >= 40 ? m - 3 : m)],
  ['goes back 5 s', (m: number) => even(m >= 40 ? m - 5 : m)],
  ['jumps ahead 4 s', (m: number) => even(m >= 40 ? m + 4 : m)],
  ['goes back at each ad', (m: number) => even(m - 3.5 * Math.floor(m / 40))],
  ['is missing after it', (m: number) => (m >= 40 ? null : even(m))],
])('a feed whose date %s at a discontinuity does not seek back and forth', async (_what, dateAt) => {
  const jumpy = new Feed('jumpy', 0, dateAt)
  const other = new Feed('other', 0, even)
  await play([jumpy, other], 120)
  const jumps = Math.floor(jumpy.at / 40)
  expect(jumpy.seeks + other.seeks).toBeLessThanOrEqual(2 * Math.max(1, jumps))
  const [a, b] = [jumpy.dateAt(jumpy.at), other.dateAt(other.at)]
  if (a !== null && b !== null) expect(Math.abs(a - b)).toBeLessThan(3_600)
})
