import type { StoredTile } from '../../grid/document'
import { Tile, type Feed } from '../../player/tile.svelte'
import type { App } from '../app.svelte'

/** The tiles of a wall, their positions and the focus. */
export class Tiles {
  #app: App
  #list = $state.raw<readonly Tile[]>([])
  #drawn = $state.raw<readonly Tile[]>([])
  /** The key of the focused tile; "" for none. */
  #focus = $state('')
  #onChange: (before: string, after: string) => void
  #remembered: (id: string) => StoredTile['settings']

  /**
   * `onChange` is called with the ids of the feeds when a tile has begun to show another one. `remembered` returns what was
   * chosen for a feed before.
   */
  constructor(
    app: App,
    onChange: (before: string, after: string) => void = () => undefined,
    remembered: (id: string) => StoredTile['settings'] = () => ({}),
  ) {
    this.#app = app
    this.#onChange = onChange
    this.#remembered = remembered
  }

  /** In the order of their positions. */
  get list(): readonly Tile[] {
    return this.#list
  }
  /** Oldest first. The page draws them in this order, so that a swap moves no element: a moved <video> restarts. */
  get drawn(): readonly Tile[] {
    return this.#drawn
  }
  /** The id of the feed in the focused tile; "" for none. */
  get focus(): string {
    return this.focused?.id ?? ''
  }
  get focused(): Tile | undefined {
    return this.#list.find((t) => t.key === this.#focus)
  }
  /** In the form in which they are stored, in the order of their positions. */
  get stored(): StoredTile[] {
    return this.#list.map((t) => ({
      id: t.id,
      title: t.title,
      site_name: t.site_name,
      quality: t.quality,
      ...(t.site_key !== '' && { site_key: t.site_key }),
      settings: t.settings(),
    }))
  }

  /** The position of the tile that shows a feed or is changing to it, from 0; -1 if none does. */
  place(id: string): number {
    const shown = this.#list.findIndex((t) => t.id === id)
    return shown >= 0 ? shown : this.#list.findIndex((t) => t.has(id))
  }
  has(id: string): boolean {
    return this.place(id) >= 0
  }

  /** Focuses a tile; false if it is focused already, or not on the wall. */
  setFocus(id: string): boolean {
    const key = this.#list[this.place(id)]?.key
    if (key === undefined || this.#focus === key) return false
    this.#focus = key
    return true
  }

  /** Returns a new tile that is not on the wall yet, and takes its lease. */
  start(feed: Feed, settings: StoredTile['settings'] = {}): Tile {
    const { id, title, site_name, quality, site_key = '' } = feed
    const chosen = { ...this.#remembered(id), ...settings }
    const tile = new Tile(this.#app, { id, title, site_name, quality, site_key }, chosen, this.#onChange)
    void tile.start()
    if (this.#app.hidden) tile.suspend()
    return tile
  }
  /** Returns the tile that shows the feed, or a new one. */
  find(feed: StoredTile): Tile {
    return this.#list[this.place(feed.id)] ?? this.start(feed, feed.settings)
  }

  /**
   * Sets the tiles, in the order of their positions, without closing any. The focus moves to the feed with this id, or stays,
   * or moves to the tile that took its position.
   */
  take(tiles: readonly Tile[], focus = this.focus): void {
    const place = Math.max(0, this.place(focus))
    this.#list = tiles
    this.#drawn = [
      ...this.#drawn.filter((t) => tiles.includes(t)),
      ...tiles.filter((t) => !this.#drawn.includes(t)),
    ]
    const stays = tiles.find((t) => t.id === focus)
    this.#focus = (stays ?? tiles[place] ?? tiles.at(-1))?.key ?? ''
  }

  /** Swaps two tiles. */
  swap(a: Tile, b: Tile): void {
    this.#list = this.#list.map((t) => (t === a ? b : t === b ? a : t))
  }
}
