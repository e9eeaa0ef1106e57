import { History } from '../../player/history'
import { everySecond } from '../../player/ticker'
import type { Tile } from '../../player/tile.svelte'

/** The last ten minutes of each tile. */
export class Histories {
  #tiles: () => readonly Tile[]
  #all = new Map<string, History>()

  constructor(tiles: () => readonly Tile[]) {
    this.#tiles = tiles
  }

  of(tile: Tile): History {
    let history = this.#all.get(tile.key)
    if (!history) this.#all.set(tile.key, (history = new History()))
    return history
  }

  /** Starts recording; returns a function that ends it. */
  follow(): () => void {
    return everySecond((now) => this.#record(now))
  }

  #record(now: number): void {
    const tiles = this.#tiles()
    for (const tile of tiles) this.of(tile).add(observe(tile, now))
    for (const key of this.#all.keys()) if (!tiles.some((t) => t.key === key)) this.#all.delete(key)
  }
}

function observe(tile: Tile, at: number) {
  const { status, stats, choices } = tile.player
  const plays = status === 'playing' || status === 'waiting'
  return {
    at,
    title: tile.title,
    status,
    buffer: plays ? stats.buffer : null,
    drift: tile.drift,
    bitrate: plays && stats.bitrate > 0 ? stats.bitrate : null,
    quality: choices.levels.find((l) => l.index === choices.playingLevel)?.label ?? '',
    renewals: tile.active?.refresh_count ?? null,
    frames: stats.frames,
    dropped: stats.dropped,
  }
}
