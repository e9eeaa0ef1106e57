import type { StoredTile } from '../../grid/document'
import { Tile, type Feed } from '../../player/tile.svelte'
import type { App } from '../app.svelte'

/** A stream of which only the sound is played: a radio, or a commentary. It has a player, a lease and an offset, but no place. */
export class Radio {
  #app: App
  #tile = $state.raw<Tile | undefined>(undefined)
  #changed: () => void
  #settings: (id: string) => StoredTile['settings']

  /** `changed` is called when it was opened or closed; `settings` returns what was chosen for a feed before. */
  constructor(app: App, changed: () => void, settings: (id: string) => StoredTile['settings']) {
    this.#app = app
    this.#changed = changed
    this.#settings = settings
  }

  get tile(): Tile | undefined {
    return this.#tile
  }
  /** In the form in which it is stored. */
  get stored(): StoredTile | null {
    const t = this.#tile
    if (!t) return null
    const { id, title, site_name, quality, site_key } = t
    return { id, title, site_name, quality, ...(site_key !== '' && { site_key }), settings: t.settings() }
  }

  /** Plays a feed instead of the one that plays now. */
  open(feed: Feed, settings: StoredTile['settings'] = this.#settings(feed.id)): void {
    if (this.#tile?.id === feed.id) return
    this.#tile?.close()
    const { id, title, site_name, quality, site_key = '' } = feed
    const tile = new Tile(this.#app, { id, title, site_name, quality, site_key }, settings)
    // Of a feed with pictures, the smallest will do.
    tile.player.choices.setRoom({ width: 0, height: 0 })
    this.#tile = tile
    void tile.start()
    if (this.#app.hidden) tile.suspend()
    this.#changed()
  }

  close(): void {
    this.#tile?.close()
    this.#tile = undefined
    this.#changed()
  }
}
