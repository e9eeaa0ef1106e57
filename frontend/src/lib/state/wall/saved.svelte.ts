import { untrack } from 'svelte'
import type { StoredTile } from '../../grid/document'
import { findFeeds, tileOf, type WallContents, type WallTile, type WaitingTile } from '../../grid/named'
import type { Stream } from '../../api'
import type { App } from '../app.svelte'
import type { Arrangement } from './arrangement.svelte'
import type { WallContent } from './content.svelte'
import { ABSENT, type NamedWalls } from './named.svelte'
import type { Tiles } from './tiles.svelte'
import type { Waiting } from './waiting.svelte'

/** Opens saved walls on this page and saves this page's wall under a name. */
export class SavedWall {
  #app: App
  #tiles: Tiles
  #arrangement: Arrangement
  #content: WallContent
  #waiting: Waiting
  #named: NamedWalls
  /** Opens a feed that was waited for. */
  #arrived: (feed: StoredTile, index: number) => void
  #conflict = $state('')

  constructor(
    app: App,
    parts: {
      tiles: Tiles
      arrangement: Arrangement
      content: WallContent
      waiting: Waiting
      named: NamedWalls
    },
    arrived: (feed: StoredTile, index: number) => void,
  ) {
    this.#app = app
    this.#tiles = parts.tiles
    this.#arrangement = parts.arrangement
    this.#content = parts.content
    this.#waiting = parts.waiting
    this.#named = parts.named
    this.#arrived = arrived
  }

  /** The name of the saved wall that this one was opened from or saved as; "" for none. */
  get name(): string {
    return this.#content.saved?.name ?? ''
  }
  /** The name of the wall that could not be saved because another screen has changed it since; "" for none. */
  get conflict(): string {
    return this.#conflict
  }
  /** Whether another screen has changed the saved wall since this page opened or saved it. */
  changedElsewhere(name: string, revision: string): boolean {
    const saved = this.#content.saved
    return saved?.name === name && saved.revision !== revision
  }

  /**
   * Saves this wall under a name. One of that name is replaced, unless another screen has changed it since this page opened or
   * saved it: then that is a conflict, which the user resolves. Returns whether it was saved.
   */
  async save(name: string): Promise<boolean> {
    const mine = this.#content.saved
    return this.#save(name, (mine?.name === name ? mine : this.#named.find(name))?.revision ?? ABSENT)
  }
  /** Saves this wall although another screen has changed the saved one. */
  async replaceTheirs(): Promise<boolean> {
    const name = this.#conflict
    return this.#save(name, this.#named.find(name)?.revision ?? ABSENT)
  }
  keepTheirs(): void {
    this.#conflict = ''
  }

  async #save(name: string, revision: string): Promise<boolean> {
    const saved = await this.#named.save(name, this.#contents(), revision)
    this.#conflict = saved === 'stale' ? name : ''
    if (typeof saved === 'string') return false
    this.#content.saved = { name, revision: saved.revision }
    this.#app.notices.show('done', `Saved the wall “${name}”.`)
    return true
  }

  /** Gives a saved wall another name. Returns in one line why it could not; "" if it did. */
  async rename(name: string, to: string): Promise<string> {
    const before = this.#named.find(name)?.revision
    const renamed = await this.#named.rename(name, to)
    if (typeof renamed === 'string') return renamed
    const mine = this.#content.saved
    if (mine?.name === name)
      this.#content.saved = {
        name: to,
        revision: mine.revision === before ? renamed.revision : mine.revision,
      }
    if (this.#conflict === name) this.#conflict = to
    return ''
  }

  /** Shows a saved wall. Tiles that are in both go on; places wait for feeds that no source lists. Returns false if unknown. */
  open(name: string): boolean {
    const wall = this.#named.find(name)
    if (!wall) return false
    const streams = this.#app.streams.value?.streams
    const feeds = streams ? this.#find(wall.tiles, streams) : wall.tiles.map(byId)
    const waiting = wall.tiles.flatMap((tile, place) => (feeds[place] ? [] : { place, tile }))
    const shaping = { ratio: wall.ratio, tracks: wall.tracks }
    const shown = feeds.flatMap((f) => f ?? [])
    this.#content.open(shown, wall.layout, shaping, waiting, { name, revision: wall.revision })
    this.#conflict = ''
    if (wall.newer)
      this.#app.notices.show(
        'warning',
        `A newer Gridwall saved “${name}”: parts that this version does not know are left out.`,
      )
    return true
  }

  /** Gives up a waiting place. */
  stopWaiting(waiting: WaitingTile): void {
    this.#waiting.remove(waiting)
  }

  /** Call within an effect root. Opens the feeds that places wait for, as soon as a source lists them. */
  follow(): void {
    $effect(() => {
      const streams = this.#app.streams.value?.streams
      const waiting = this.#waiting.list
      if (!streams || waiting.length === 0) return
      untrack(() => this.#arrive(waiting, streams))
    })
  }

  #arrive(waiting: readonly WaitingTile[], streams: readonly Stream[]): void {
    const shown = new Set(this.#tiles.list.flatMap((t) => t.playbacks.map((p) => p.feed.id)))
    const feeds = findFeeds(
      waiting.map((w) => w.tile),
      streams,
      shown,
    )
    waiting.forEach((one, i) => {
      const feed = feeds[i]
      if (!feed) return
      const index = this.#arrangement.indexOfWaiting(this.#waiting.list.indexOf(one))
      this.#waiting.remove(one)
      this.#arrived(stored(feed, one.tile), index)
    })
  }

  /** The feed of each tile; a tile of the wall that shows one stays, even if no source lists it now. */
  #find(tiles: readonly WallTile[], streams: readonly Stream[]): (StoredTile | undefined)[] {
    const playing = tiles.map((t) => this.#tiles.list.find((p) => t.id !== '' && p.id === t.id))
    const taken = new Set(playing.flatMap((p) => p?.id ?? []))
    const open = tiles.map((t, i) => (playing[i] ? { ...t, id: '', title: '' } : t))
    return findFeeds(open, streams, taken).map((feed, i) => {
      const [tile, there] = [tiles[i], playing[i]]
      if (!tile) return undefined
      if (there)
        return {
          id: there.id,
          title: there.title,
          site_name: there.site_name,
          quality: there.quality,
          settings: tile.settings,
        }
      return feed && stored(feed, tile)
    })
  }

  /** This wall, with its feeds by rule. */
  #contents(): Omit<WallContents, 'newer'> {
    const streams = new Map((this.#app.streams.value?.streams ?? []).map((s) => [s.id, s]))
    const names = this.#names()
    const all = this.#tiles.stored.map((t, i) => ({
      place: this.#arrangement.placeOf(i),
      tile: tileOf(t, streams.get(t.id), names),
    }))
    const tiles = [...all, ...this.#waiting.list].sort((a, b) => a.place - b.place).map((p) => p.tile)
    return { layout: this.#arrangement.chosen, ...this.#arrangement.shaping, tiles }
  }

  /** The names of the session that the wall shows, which titles of other sessions do not have. */
  #names(): string[] {
    const session = this.#content.session
    const event = this.#app.schedule.value?.events?.find((e) => e.id === session?.event)
    if (!session || !event) return []
    return [event.name, event.locality, event.country, event.circuit, session.session]
  }
}

const byId = (t: WallTile): StoredTile | undefined => (t.id === '' ? undefined : t)
const stored = (feed: Stream, tile: WallTile): StoredTile => ({
  id: feed.id,
  title: feed.title,
  site_name: feed.site_name,
  site_key: feed.site_key,
  quality: feed.quality,
  settings: tile.settings,
})
