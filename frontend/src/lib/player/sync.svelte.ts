import { decide, type Playing } from './decide'
import { everySecond } from './ticker'
import type { Tile } from './tile.svelte'

/** How long a feed is not corrected after a seek, in ms, because it has to load first. */
const SETTLE = 6_000

/** Synchronises the feeds of the wall by their PROGRAM-DATE-TIME. */
export class Sync {
  #getTiles: () => readonly Tile[]
  #spread = $state<number | null>(null)
  #on = $state(true)
  /** The feeds whose playback rate is being changed, and their rates. */
  #correcting = new Map<string, number>()
  #jumped = new Map<string, number>()
  #off: (() => void) | undefined

  constructor(getTiles: () => readonly Tile[]) {
    this.#getTiles = getTiles
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
    this.#off ??= everySecond((now) => this.#apply(now))
  }

  stop(): void {
    this.#off?.()
    this.#off = undefined
    for (const t of this.#getTiles()) {
      t.player.setRate(1)
      t.setDrift(null)
    }
    this.#correcting.clear()
    this.#spread = null
  }

  #apply(now: number): void {
    // Time-shifted feeds are synchronised with one another, and live ones among themselves.
    const tiles = this.#getTiles()
    const live = tiles.filter((t) => !t.player.live.timeShifted)
    const shifted = tiles.filter((t) => t.player.live.timeShifted)
    const spreads = [this.#synchronise(live, now), this.#synchronise(shifted, now)].filter((s) => s !== null)
    this.#spread = spreads.length === 0 ? null : Math.max(...spreads)
  }

  /** Corrects the drifts of these tiles. Returns the spread; null while fewer than two can be compared. */
  #synchronise(tiles: readonly Tile[], now: number): number | null {
    const feeds = tiles.map((t): Playing => {
      // A feed that is paused, or loading after a seek, is not a reference for the others.
      const settling = now - (this.#jumped.get(t.key) ?? 0) < SETTLE
      const date = settling || t.player.status !== 'playing' ? null : t.player.date
      return {
        id: t.key,
        date: date === null ? null : date - t.offset,
        room: t.player.live.room * 1000,
        correcting: this.#correcting.has(t.key),
      }
    })
    const { moves, spread } = decide(feeds, this.#on)
    for (const m of moves) {
      const tile = tiles.find((t) => t.key === m.id)
      if (!tile) continue
      tile.setDrift(m.drift)
      const rate = this.#steadyRate(m.id, m.rate)
      tile.player.setRate(rate)
      if (rate === 1) this.#correcting.delete(m.id)
      else this.#correcting.set(m.id, rate)
      if (m.seek !== null && tile.player.live.seekTo(m.seek + tile.offset)) this.#jumped.set(m.id, now)
    }
    return spread
  }

  /**
   * WebKit stutters whenever the rate changes. So a rate is kept until the drift is gone, and a feed that overshot a
   * little counts as synchronised.
   */
  #steadyRate(id: string, rate: number): number {
    const now = this.#correcting.get(id)
    if (now === undefined || rate === 1) return rate
    return now < 1 === rate < 1 ? now : 1
  }
}
