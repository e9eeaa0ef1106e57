import { Correction } from './correction'
import { DateTrack } from './date-track'
import type { Player } from './player.svelte'

/** For how long the least delay counts that a feed could have had, in ms: the live edge jumps as playlists come late. */
const NEAREST = 30_000

/** What is known of where a player plays, and how it gets to its place. */
export class Place {
  readonly correction = new Correction()
  dates = new DateTrack()
  /** For feeds without date times: when it was published what it plays, measured from the live edge. */
  edge = new DateTrack()
  #player: Player
  #run = 0
  #undated = false
  #nearest: { at: number; delay: number }[] = []

  constructor(player: Player) {
    this.#player = player
  }

  /** Reads the player; `ahead` is how far the server's clock is ahead of this page's, in ms. Returns whether it plays. */
  read(now: number, ahead: number): boolean {
    const { reading, run } = this.#player
    if (run !== this.#run) this.#startAgain(run)
    if (!reading) return false
    const { media, date, behind } = reading
    this.#undated = date === null
    if (date !== null) this.dates.add(now, media, date)
    else if (behind !== null) this.edge.add(now, media, now + ahead - behind * 1000)
    const nearest = this.nearestNow(now)
    if (nearest !== null)
      this.#nearest = [...this.#nearest.filter((n) => now - n.at < NEAREST), { at: now, delay: nearest }]
    return true
  }

  /** Its media time starts again, so the dates known for the old one are forgotten; otherwise they would seem to jump. */
  #startAgain(run: number): void {
    this.#run = run
    this.dates = new DateTrack(this.dates)
    this.edge = new DateTrack()
    this.#nearest = []
  }

  /** Whether the feed has no date times. */
  get undated(): boolean {
    return this.#undated
  }
  /** How long ago it was filmed what it shows, in ms; null: unknown. */
  delay(now: number): number | null {
    const { reading } = this.#player
    const date = reading ? this.#track.at(reading.media) : null
    return date === null ? null : now - date
  }
  /** The least delay that it could have had in the last seconds, in ms; null: unknown. */
  get nearest(): number | null {
    return this.#nearest.length === 0 ? null : Math.min(...this.#nearest.map((n) => n.delay))
  }
  /** The delay of its live position, in ms; null: unknown. */
  nearestNow(now: number): number | null {
    const { position } = this.#player.live
    const date = position === null ? null : this.#track.at(position)
    return date === null ? null : now - date
  }
  /** The media time, in s, at which it has this delay (ms); null: unknown. */
  position(now: number, delay: number): number | null {
    const { difference } = this.#track
    return difference === null ? null : (now - delay - difference) / 1000
  }

  get #track(): DateTrack {
    return this.#undated ? this.edge : this.dates
  }
}
