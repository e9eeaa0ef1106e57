import { StillPicture } from '../../player/frozen'
import type { Player } from '../../player/player.svelte'
import { everySecond } from '../../player/ticker'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'
import { canGoOn, spareApart, type SparesApart } from './apart.svelte'

/** How long after a report the same tile is not reported again, in ms; doubled with each further one, up to the second. */
const PAUSE = 60_000
const MOST_PAUSE = 30 * 60_000

interface Watched {
  player: Player
  picture: StillPicture
  reports: number
  quietUntil: number
}

/**
 * Looks for tiles with a spare whose picture stands still while time runs: a slate, or a source that is encoded on although it
 * froze. The server, which sees only that segments arrive, is asked to go on with the spare, or the spare opens in the tile.
 */
export class Stills {
  #app: App
  #getTiles: () => readonly Tile[]
  #apart: SparesApart
  #watched = new Map<string, Watched>()

  constructor(app: App, getTiles: () => readonly Tile[], apart: SparesApart) {
    this.#app = app
    this.#getTiles = getTiles
    this.#apart = apart
  }

  /** Looks once a second until the returned function is called. */
  follow(): () => void {
    return everySecond((now) => this.#look(now))
  }

  #look(now: number): void {
    const tiles = this.#getTiles()
    for (const key of this.#watched.keys()) if (!tiles.some((t) => t.key === key)) this.#watched.delete(key)
    for (const tile of tiles) {
      const watched = this.#of(tile)
      const { video, status } = tile.player
      const useful =
        video &&
        status === 'playing' &&
        !document.hidden &&
        (canGoOn(tile) || spareApart(tile)) &&
        now >= watched.quietUntil
      if (!useful) watched.picture.reset()
      else if (watched.picture.look(video)) this.#report(tile, watched, now)
    }
  }

  #of(tile: Tile): Watched {
    const known = this.#watched.get(tile.key)
    if (known?.player === tile.player) return known
    const fresh = { player: tile.player, picture: new StillPicture(), reports: 0, quietUntil: 0 }
    this.#watched.set(tile.key, fresh)
    return fresh
  }

  #report(tile: Tile, watched: Watched, now: number): void {
    watched.picture.reset()
    watched.quietUntil = now + Math.min(PAUSE * 2 ** watched.reports++, MOST_PAUSE)
    if (this.#apart.open(tile, 'shows a still picture')) return
    // If no spare can take over, there is nothing that the user could do about it.
    void this.#app.client.switchSpare(tile.id, { reason: 'slate' }).then(
      () => this.#app.active.load(),
      () => undefined,
    )
  }
}
