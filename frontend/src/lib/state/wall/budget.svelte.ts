import { untrack } from 'svelte'
import { DecodeBudget } from '../../player/budget'
import type { Room } from '../../player/choice'
import { everySecond } from '../../player/ticker'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'

/** How long a picture must be out of sight before it stops being decoded, in ms, so that a glance at another page costs nothing. */
const REST_AFTER = 5_000
/** The same for the level of one that is heard, in ms: it goes on with the smallest picture. */
const LOWEST_AFTER = 30_000

/** Where a tile is shown: the room of its picture in CSS px, and whether another tile covers it. */
export interface Place {
  room: Room
  covered: boolean
}

/** Keeps the wall within what the machine can decode: levels by size, none for what cannot be seen, lower ones if frames are dropped. */
export class TileBudget {
  #app: App
  #tiles: () => readonly Tile[]
  #focused: () => Tile | undefined
  #places = new Map<string, Place>()
  /** Since when a tile has been out of sight, in ms since 1970. */
  #unseen = new Map<string, number>()
  #decode = new DecodeBudget()
  #told = false
  #pageHidden = $state(false)

  constructor(app: App, tiles: () => readonly Tile[], focused: () => Tile | undefined) {
    this.#app = app
    this.#tiles = tiles
    this.#focused = focused
  }

  /** Sets where the tiles are shown, by their keys. */
  setPlaces(places: ReadonlyMap<string, Place>): void {
    for (const [key, place] of places) this.#places.set(key, place)
    untrack(() => this.#apply(Date.now()))
  }

  /** Starts following; returns a function that stops it. */
  follow(): () => void {
    const hidden = () => (this.#pageHidden = document.hidden)
    hidden()
    document.addEventListener('visibilitychange', hidden)
    const offTick = everySecond((now) => {
      this.#apply(now)
      this.#count(now)
    })
    const offEffect = $effect.root(() => {
      // What is seen again plays at once; a moved window may have another density of pixels.
      $effect(() => {
        void [this.#shown, this.#tiles().length]
        untrack(() => this.#apply(Date.now()))
      })
    })
    return () => {
      document.removeEventListener('visibilitychange', hidden)
      offTick()
      offEffect()
    }
  }

  /** Whether the wall can be seen. */
  get #shown(): boolean {
    return this.#app.route.page === 'watch' && !this.#pageHidden
  }

  #apply(now: number): void {
    const tiles = this.#tiles()
    const fit = this.#app.preferences.get('ui.fit_quality') !== 'off'
    for (const tile of tiles) {
      const place = this.#places.get(tile.key)
      const seen = (this.#shown && !place?.covered) || floats(tile)
      if (seen) this.#unseen.delete(tile.key)
      else if (!this.#unseen.has(tile.key)) this.#unseen.set(tile.key, now)
      const unseen = seen ? 0 : now - (this.#unseen.get(tile.key) ?? now)
      const heard = !tile.player.muted
      if (!seen && !heard && unseen >= REST_AFTER) tile.player.rest()
      else if (seen || heard) tile.player.wake()
      const lowest = heard && unseen >= LOWEST_AFTER
      const room = lowest ? { width: 0, height: 0 } : fit ? place?.room : null
      if (room !== undefined) for (const p of tile.playbacks) p.player.choices.setRoom(room)
    }
    for (const map of [this.#places, this.#unseen])
      for (const key of map.keys()) if (!tiles.some((t) => t.key === key)) map.delete(key)
  }

  #count(now: number): void {
    if (!this.#shown) return
    const tiles = this.#tiles().filter((t) => !this.#unseen.has(t.key))
    const focused = this.#focused()?.key
    const step = this.#decode.second(
      tiles.map(({ key, player: { stats, choices } }) => {
        const { room } = this.#places.get(key) ?? { room: { width: 0, height: 0 } }
        return {
          key,
          area: room.width * room.height,
          frames: stats.frames,
          dropped: stats.dropped,
          height: stats.height,
          focused: key === focused,
          canStepDown: choices.below !== null,
          reduced: choices.reduced,
        }
      }),
      now,
    )
    if (!step) return
    const choices = tiles.find((t) => t.key === step.key)?.player.choices
    if (step.do === 'up') choices?.stepUp()
    else choices?.stepDown()
    if (step.do !== 'up') this.#tell(tiles.length, step.do === 'down')
  }

  /** Says once what happens. */
  #tell(feeds: number, lowered: boolean): void {
    if (this.#told) return
    this.#told = true
    const what = `This device drops frames with ${feeds === 1 ? 'one feed' : `${feeds} feeds`}`
    this.#app.notices.show(
      lowered ? 'info' : 'warning',
      lowered
        ? `${what}, so the smallest tiles play at a lower quality.`
        : `${what}. Close one, or choose a lower quality.`,
    )
  }
}

/** Whether the picture floats above all windows. */
const floats = (tile: Tile): boolean =>
  tile.player.video !== undefined && document.pictureInPictureElement === tile.player.video
