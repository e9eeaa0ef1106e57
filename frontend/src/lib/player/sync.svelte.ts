import { decide, reachOf, type Playing, type Standing } from './decide'
import { Place } from './place'
import type { Player } from './player.svelte'
import { pageClock } from '../time/page-clock'
import { whyLeftOut } from './step-words'
import type { Tile } from './tile.svelte'

/** How often the feeds are compared, and how often what is shown of it changes, in ms. */
const TICK = 200
const SHOWN = 1_000
/** How much the delay of the feeds may differ from the wanted one, in ms, before the user is told why. */
const NOTICED = 300

/** What a common delay depends on. */
export interface SyncOptions {
  /** How far behind live all feeds are to be, in ms by the server's clock; null: no common delay. */
  wanted: () => number | null
  /** How far the server's clock is ahead of this page's, in ms. */
  ahead: () => number
}

/** The feed that cannot be as near to live as the user wants, or as far from it, and the delay that all have therefore, in ms. */
export interface Limit {
  title: string
  delay: number
  /** Whether its playlist does not reach back to what is wanted. */
  far: boolean
}

/** Synchronises the feeds of the wall by their PROGRAM-DATE-TIME, and keeps a common delay. */
export class Sync {
  #getTiles: () => readonly Tile[]
  #options: SyncOptions
  #delay = $state<number | null>(null)
  #limit = $state.raw<Limit | null>(null)
  #spread = $state<number | null>(null)
  #on = $state(true)
  #places = new WeakMap<Player, Place>()
  /** The delays that live feeds and time-shifted ones have, in ms. */
  #delays: { live: number | null; shifted: number | null } = { live: null, shifted: null }
  /** The keys of the feeds whose date times must be wrong. */
  #off = new Set<string>()
  /** The wanted delay and the live feeds at the last tick. */
  #before = ''
  /** How often the user has sought in the players, in all. */
  #sought = 0
  #shownAt = -Infinity
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(
    getTiles: () => readonly Tile[],
    options: SyncOptions = { wanted: () => null, ahead: () => 0 },
  ) {
    this.#getTiles = getTiles
    this.#options = options
  }

  /** How far behind live the feeds are kept, in ms by the server's clock; null: nothing to keep. */
  get delay(): number | null {
    return this.#delay
  }
  /** Which feed keeps all of them from the delay that the user wants; null if none does. */
  get limit(): Limit | null {
    return this.#limit
  }

  /** ms between the first and the last feed; null while fewer than two can be compared. */
  get spread(): number | null {
    return this.#spread
  }
  /** The user may switch it off: drifts are then shown but not corrected. */
  get on(): boolean {
    return this.#on
  }
  set on(on: boolean) {
    this.#on = on
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#apply(pageClock()), TICK)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const t of this.#getTiles()) {
      t.player.setRate(1)
      t.setDrift(null)
      t.setStepNote('')
    }
    this.#delays = { live: null, shifted: null }
    this.#spread = this.#delay = null
    this.#limit = null
  }

  /** Seeks all feeds to live: in sync, if they are to be, and then as near as the one with the highest latency can. */
  goLive(): void {
    const now = pageClock()
    const tiles = this.#getTiles()
    const right = tiles.filter((t) => !this.#off.has(t.key))
    const nearest = right.flatMap((t) => {
      const place = this.#place(t.player)
      const own = place.dates.trusted(now) ? (place.nearestNow(now) ?? place.nearest) : null
      return own === null ? [] : [own + t.offset]
    })
    const wanted = this.#wanted
    const reach = reachOf(right.map((t) => this.#playing(t, true, now)))
    const delay =
      this.#on && nearest.length > (wanted === null ? 1 : 0)
        ? Math.max(Math.min(wanted ?? 0, reach), ...nearest)
        : null
    for (const t of tiles) {
      const place = this.#place(t.player)
      const { correction } = place
      const at =
        delay === null || !right.includes(t) || !this.#comparable(place)
          ? null
          : place.position(now, delay - t.offset - correction.lead)
      t.player.live.goLive(at === null ? undefined : Math.min(at, t.player.live.position ?? at))
      if (at !== null) correction.sought(now)
    }
    this.#sought = this.#countSought()
    this.#delays = { live: delay, shifted: null }
  }

  #place(player: Player): Place {
    let place = this.#places.get(player)
    if (!place) {
      place = new Place(player)
      this.#places.set(player, place)
    }
    return place
  }

  #countSought(): number {
    return this.#getTiles().reduce((n, t) => n + t.player.live.sought, 0)
  }

  #apply(now: number): void {
    const sought = this.#countSought()
    if (sought !== this.#sought) this.#delays = { live: null, shifted: null }
    this.#sought = sought
    // Time-shifted feeds are synchronised with one another, and live ones among themselves.
    const tiles = this.#getTiles()
    const shows = now - this.#shownAt >= SHOWN
    if (shows) this.#shownAt = now
    const spreads = (['live', 'shifted'] as const).map((group) =>
      this.#synchronise(
        tiles.filter((t) => t.player.live.timeShifted === (group === 'shifted')),
        group,
        now,
        shows,
      ),
    )
    if (!shows) return
    const known = spreads.filter((s) => s !== null)
    this.#spread = known.length === 0 ? null : Math.max(...known)
  }

  /** Corrects the drifts of these tiles. Returns the spread; null while fewer than two can be compared. */
  #synchronise(
    tiles: readonly Tile[],
    group: 'live' | 'shifted',
    now: number,
    shows: boolean,
  ): number | null {
    const feeds = tiles.map((t) => this.#playing(t, group === 'live', now))
    const wanted = group === 'live' ? this.#wanted : null
    const { delay, standings, spread } = decide(
      feeds,
      this.#delays[group],
      wanted,
      group === 'shifted' || this.#stays(tiles),
    )
    this.#delays[group] = delay ?? (tiles.length < 2 ? null : this.#delays[group])
    for (const tile of tiles) {
      const standing = standings.get(tile.key) ?? { drift: null, far: null }
      if (standing.far === null) this.#off.delete(tile.key)
      else this.#off.add(tile.key)
      this.#move(tile, standing.drift, now)
      const place = this.#place(tile.player)
      tile.player.live.common = () => this.#common(tile, group)
      if (!shows) continue
      tile.setDrift(standing.drift)
      tile.setStepNote(this.#note(place, standing))
    }
    if (shows && group === 'live') this.#showDelay(tiles, feeds, delay, wanted)
    return spread
  }

  /** Whether the wanted delay and the live feeds are those of the last tick. */
  #stays(tiles: readonly Tile[]): boolean {
    const now = [this.#options.wanted(), ...tiles.map((t) => t.key)].join()
    const stays = now === this.#before
    this.#before = now
    return stays
  }

  #showDelay(
    tiles: readonly Tile[],
    feeds: readonly Playing[],
    delay: number | null,
    wanted: number | null,
  ): void {
    const ahead = this.#options.ahead()
    this.#delay = delay === null ? null : delay + ahead
    this.#limit = null
    if (delay === null || wanted === null || Math.abs(delay - wanted) <= NOTICED) return
    const far = delay < wanted
    const last = feeds.reduce((a, b) => {
      const more = far
        ? (b.farthest ?? Infinity) < (a.farthest ?? Infinity)
        : (b.nearest ?? 0) > (a.nearest ?? 0)
      return more ? b : a
    })
    const tile = tiles.find((t) => t.key === last.key)
    if (tile) this.#limit = { title: tile.title, delay: delay + ahead, far }
  }

  /** The delay that the user wants, by this page's clock; null: none. */
  get #wanted(): number | null {
    const wanted = this.#on ? this.#options.wanted() : null
    return wanted === null ? null : wanted - this.#options.ahead()
  }
  /** Whether a feed's dates can be compared. Without date times its delay is measured from its live edge. */
  #comparable(place: Place): boolean {
    return place.undated ? this.#wanted !== null : !place.dates.fault
  }

  #playing(tile: Tile, live: boolean, now: number): Playing {
    const place = this.#place(tile.player)
    const plays = place.read(now, this.#options.ahead())
    const delay = plays && this.#comparable(place) ? place.delay(now) : null
    const nearest = live ? place.nearest : null
    const trusted = place.dates.trusted(now)
    const counts = live && this.#comparable(place) && (trusted || place.undated)
    const farthest = counts ? place.farthest : null
    return {
      key: tile.key,
      delay: delay === null ? null : delay + tile.offset,
      nearest: nearest === null ? null : nearest + tile.offset,
      farthest: farthest === null ? null : farthest + tile.offset,
      slack: tile.player.live.slack * 1000,
      trusted,
    }
  }

  #move(tile: Tile, drift: number | null, now: number): void {
    const { correction } = this.#place(tile.player)
    if (!this.#on) {
      correction.stop()
      tile.player.setRate(1)
      return
    }
    const { rate, seek } = correction.next(now, drift, TICK)
    tile.player.setRate(rate)
    if (seek !== 0 && !(tile.player.rolls && tile.player.live.shift(seek / 1000))) correction.refused()
  }

  /** Where a feed would play in sync with the others, in the element's seconds; null: anywhere. */
  #common(tile: Tile, group: 'live' | 'shifted'): number | null {
    const delay = this.#delays[group]
    const place = this.#place(tile.player)
    if (!this.#on || delay === null || !this.#comparable(place)) return null
    return place.position(pageClock(), delay - tile.offset - place.correction.lead)
  }

  #note(place: Place, standing: Standing): string {
    if (standing.far !== null) return whyLeftOut({ kind: 'far', by: standing.far })
    return place.dates.fault ? whyLeftOut(place.dates.fault) : ''
  }
}
