import type { Spare } from '../../api'
import type { Feed } from '../../player/playback.svelte'
import { spareName } from '../../player/spare-name'
import { everySecond } from '../../player/ticker'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'

/** For how long a feed must have shown nothing new, in ms. A renewal, or a spare behind the same address, takes less. */
const STANDS = 12_000
/** For how long a tile then keeps the feed that it changed to, in ms, if that one does not play either. */
const KEEPS = 60_000

interface TilesToChange {
  readonly tiles: readonly Tile[]
  /** Changes the feed inside the tile that shows the feed with this id. */
  change: (id: string, feed: Feed) => void
}

/**
 * Opens a spare that cannot continue the same playlists, such as one of other codecs, in the tile itself: when the tile's feed
 * stands still, and no spare can go on behind the same address.
 */
export class SparesApart {
  #app: App
  #wall: TilesToChange
  /** When each tile was last seen playing, or was changed, in ms. */
  #since = new Map<string, number>()

  constructor(app: App, wall: TilesToChange) {
    this.#app = app
    this.#wall = wall
  }

  /** Looks once a second until the returned function is called. */
  follow(): () => void {
    return everySecond((now) => this.#look(now))
  }

  #look(now: number): void {
    const { tiles } = this.#wall
    for (const key of this.#since.keys()) if (!tiles.some((t) => t.key === key)) this.#since.delete(key)
    const looks = this.#app.connected && !this.#app.hidden && !document.hidden
    for (const tile of tiles) {
      const since = this.#since.get(tile.key) ?? now
      if (!looks || !stands(tile)) this.#since.set(tile.key, Math.max(since, now))
      else if (now - since < STANDS) this.#since.set(tile.key, since)
      else if (this.open(tile, 'has stopped')) this.#since.set(tile.key, now + KEEPS)
    }
  }

  /** Opens the tile's spare that needs a player of its own, and says why; false: it has none, or another one can go on. */
  open(tile: Tile, why: string): boolean {
    const spare = spareApart(tile)
    if (!spare) return false
    const feeds = [tile, ...tile.spares]
    const text = `${tile.title}: ${spareName(tile, feeds)} ${why}; going on with ${spareName(spare, feeds)}.`
    this.#wall.change(tile.id, feedOf(spare))
    this.#app.notices.show('warning', text)
    return true
  }
}

/** Whether a tile should play, and has no data to go on. */
const stands = ({ player: { status, video }, upcoming }: Tile): boolean =>
  !upcoming &&
  status !== 'playing' &&
  status !== 'paused' &&
  video !== undefined &&
  !video.ended &&
  video.readyState < 3 // HAVE_FUTURE_DATA

/** The spare of a tile that only a player of its own can play; undefined if another one can go on behind the same address. */
export const spareApart = (tile: Tile): Spare | undefined =>
  canGoOn(tile) ? undefined : tile.spares.find((s) => s.state === 'incompatible')

/** Whether another stream can go on behind the same address. */
export const canGoOn = (tile: Tile): boolean =>
  tile.spares.some(
    (s) => s.stream_id !== tile.spare?.stream_id && (s.state === 'ready' || s.state === 'unknown'),
  )

/** The feed that a spare is when it plays by itself. */
export const feedOf = ({ stream_id, title, site_name, quality }: Spare): Feed => ({
  id: stream_id,
  title,
  site_name,
  quality,
})
