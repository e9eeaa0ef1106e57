import { expect, it } from 'vitest'
import type { Player } from '../player.svelte'
import type { Tile } from '../tile.svelte'
import { LiveEdges } from './live-edges'

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
