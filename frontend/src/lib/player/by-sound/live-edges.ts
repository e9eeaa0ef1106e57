import type { Player } from '../player.svelte'
import type { Tile } from '../tile.svelte'

/** For how long readings count, in ms: the live edge jumps as playlists come late. */
const KEEP = 60_000

/**
 * Places feeds without date times whose offset was set by hand: their live edge counts as now, and the offset corrects that.
 * Among such feeds alone, all are placed, so that one can be moved against the others.
 */
export class LiveEdges {
  #readings = new WeakMap<Player, { at: number; base: number }[]>()

  /** Call once a second. */
  second(tiles: readonly Tile[], now: number): void {
    const undated = tiles.filter((t) => t.player.stats.date === null)
    const byHand = undated.filter((t) => t.offsetScope !== null)
    const alone = undated.length === tiles.length && byHand.length > 0
    for (const tile of undated) {
      const { player } = tile
      const base = this.#read(player, now)
      player.placeByEdge(alone || byHand.includes(tile) ? base : null)
    }
  }

  /** What the media time 0 was by the newest playlist of the last minute, in ms; null: unknown. */
  #read(player: Player, now: number): number | null {
    const { behind, at, end } = player.stats
    const kept = (this.#readings.get(player) ?? []).filter((r) => now - r.at < KEEP)
    if (behind !== null && end > 0) {
      const reading = { at: now, base: now - (at + behind) * 1000 }
      // Another media time: the player has started again.
      if (kept.some((r) => Math.abs(r.base - reading.base) > KEEP)) kept.length = 0
      kept.push(reading)
    }
    this.#readings.set(player, kept)
    return kept.length === 0 ? null : Math.min(...kept.map((r) => r.base))
  }
}
