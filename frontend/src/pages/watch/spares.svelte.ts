import { asApiError } from '$lib/api/errors'
import type { Spare, SpareSwitch } from '$lib/api'
import type { Tile } from '$lib/player/tile.svelte'
import type { App } from '$lib/state/app.svelte'
import { feedOf } from '$lib/state/wall/apart.svelte'
import type { Wall } from '$lib/state/wall.svelte'

/** Switching tiles to their spares: other streams that show the same. The server plays them behind the same address. */
export class Spares {
  #app: App
  #wall: Wall
  #key = $state('')

  constructor(app: App, wall: Wall) {
    this.#app = app
    this.#wall = wall
  }

  /** The tile whose spares are being chosen. */
  get chosen(): Tile | undefined {
    return this.#key === '' ? undefined : this.#wall.tiles.find((t) => t.key === this.#key)
  }
  /** Lets the user choose the spares of a tile's feed. */
  choose(tile: Tile | undefined): void {
    this.#key = tile?.key ?? ''
  }

  /**
   * Goes on with another stream: by its id, "" for the feed's own source, undefined for the next spare. Without a spare it lets
   * the user choose one.
   */
  async use(tile: Tile, id?: string): Promise<void> {
    if (id === undefined && tile.spares.length === 0) return this.choose(tile)
    await this.#switch(tile, id === undefined ? {} : { stream_id: id })
  }

  async #switch(tile: Tile, to: SpareSwitch): Promise<void> {
    try {
      await this.#app.client.switchSpare(tile.id, to)
      await this.#app.active.load()
    } catch (thrown) {
      const error = asApiError(thrown)
      const other = tile.spares.find((s) =>
        to.stream_id ? s.stream_id === to.stream_id : s.state === 'incompatible',
      )
      // Its playlists cannot follow those of the feed, so the tile itself changes to it.
      if (error.code === 'incompatible' && other) this.#wall.change(tile.id, feedOf(other))
      else this.#app.notices.show('error', `${tile.title}: ${error.message}`)
    }
  }
}

/** The state of a spare in a few words. */
export const stateOfSpare = ({ state, message }: Pick<Spare, 'state' | 'message'>): string =>
  ({
    unknown: 'not read yet',
    ready: 'ready',
    failed: message === '' ? 'failed' : message,
    incompatible: 'opens in the tile, with a short gap',
    feeding: 'playing now',
  })[state]
