import type { Feed, Tile } from '$lib/player/tile.svelte'
import type { Wall } from '$lib/state/wall.svelte'

/** Choosing another feed for a tile from the list of feeds. */
export class FeedChange {
  #wall: Wall
  #key = $state('')
  /** Whether the list of feeds was hidden, and is hidden again afterwards. */
  #hides = false

  constructor(wall: Wall) {
    this.#wall = wall
  }

  /** The tile whose feed is being chosen. */
  get tile(): Tile | undefined {
    return this.#key === '' ? undefined : this.#wall.tiles.find((t) => t.key === this.#key)
  }

  begin(tile: Tile, listShown: boolean): void {
    this.#hides = this.tile ? this.#hides : !listShown
    this.#key = tile.key
  }

  /** Shows this feed in the tile. Returns whether the list is to be hidden. */
  choose(feed: Feed): boolean {
    const { tile } = this
    if (tile) this.#wall.change(tile.id, feed)
    return this.cancel()
  }

  /** Ends choosing. Returns whether the list is to be hidden. */
  cancel(): boolean {
    const hide = this.tile !== undefined && this.#hides
    this.#key = ''
    this.#hides = false
    return hide
  }
}
