import { expect, it } from 'vitest'
import type { Player } from '../player.svelte'
import type { Tile } from '../tile.svelte'
import { RATE } from './correlate'
import { LiveEdges } from './live-edges'
import { Envelope } from './recorder'

const ten = (from: number) => Array.from({ length: 10 }, (_, i) => from + i)

it('an envelope is kept by media time, whenever it is read', () => {
  const e = new Envelope()
  expect(e.part(1)).toBeUndefined()
  for (let at = 10; at <= 20; at += 0.1) e.add(ten(Math.round(at * RATE) - 9), at)
  const part = e.part(5)
  expect(Math.abs((part?.from ?? 0) - 15)).toBeLessThan(0.2)
  expect(part?.values).toHaveLength(500)
  expect(Math.abs((part?.values[100] ?? 0) - ((part?.from ?? 0) * RATE + 100))).toBeLessThan(2)
  e.add(ten(0), 3)
  expect(e.part(5), 'a seek back starts again').toBeUndefined()
})

it('a gap in it is no sound to compare', () => {
  const e = new Envelope()
  for (let at = 10; at <= 20; at += 0.1) if (at < 16 || at > 18) e.add(ten(1), at)
  expect(e.part(9)).toBeUndefined()
})

it('a feed without date times is placed by its live edge once its offset is set', () => {
  const tile = (date: number | null, offsetScope: object | null, behind = 5) => {
    const placed: (number | null)[] = []
    const player = {
      stats: { date, behind, at: 100, end: 105 },
      placeByEdge: (base: number | null) => placed.push(base),
    } as unknown as Player
    return { placed, tile: { player, offsetScope } as unknown as Tile }
  }
  const edges = new LiveEdges()
  const [dated, radio, silent] = [tile(1, null), tile(null, { feed: 'r' }), tile(null, null)]
  edges.second([dated.tile, radio.tile, silent.tile], 1_000_000)
  expect([dated.placed, radio.placed, silent.placed]).toEqual([[], [895_000], [null]])
  // The playlist comes two seconds late: the earlier reading counts.
  edges.second([dated.tile, radio.tile, silent.tile], 1_002_000)
  expect(radio.placed).toEqual([895_000, 895_000])
  edges.second([radio.tile, silent.tile], 1_003_000)
  expect(silent.placed.at(-1), 'without date times, all are placed').toBe(895_000)
})
