import { Correction } from './correction'
import { DateTrack } from './date-track'
import type { Player } from './player.svelte'

/** For how long the least and the greatest delay that a feed could have had count, in ms: both ends jump as playlists come late. */
const NEAREST = 30_000
/** How much later than its playlist starts a feed can be kept, in ms: what has left the playlist cannot be played. */
const MARGIN = 2_000

type Delays = readonly { at: number; delay: number }[]
const withNow = (delays: Delays, now: number, delay: number | null): Delays =>
  delay === null ? delays : [...delays.filter((d) => now - d.at < NEAREST), { at: now, delay }]
const past = (delays: Delays): Delays => delays.map((d) => ({ ...d, at: -Infinity }))
const least = (delays: Delays): number | null =>
  delays.length === 0 ? null : Math.min(...delays.map((d) => d.delay))

/** What is known of where a player plays, and how it gets to its place. */
export class Place {
  readonly correction = new Correction()
  dates = new DateTrack()
  /** For feeds without date times: when it was published what it plays, measured from the live edge. */
  edge = new DateTrack()
  #player: Player
  #run = 0
  #undated = false
  #nearest: Delays = []
  #farthest: Delays = []

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
    this.#nearest = withNow(this.#nearest, now, this.nearestNow(now))
    this.#farthest = withNow(this.#farthest, now, this.#farthestNow(now))
    return true
  }

  /** Its media time starts again, so the dates known for the old one are forgotten; otherwise they would seem to jump. */
  #startAgain(run: number): void {
    this.#run = run
    this.dates = new DateTrack(this.dates)
    this.edge = new DateTrack()
    // They hold until there are new ones.
    this.#nearest = past(this.#nearest)
    this.#farthest = past(this.#farthest)
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
    return least(this.#nearest)
  }
  /** The greatest delay at which it could have played on at any time in the last seconds, in ms; null: unknown. */
  get farthest(): number | null {
    const [known, first] = [least(this.#farthest), this.#farthest[0]]
    const last = this.#farthest.at(-1)
    if (known === null || !first || !last) return null
    // Until a playlist has moved on, it may do so at any time, by as much as its slack.
    const slack = this.#player.live.slack * 1000
    return Math.max(0, known - MARGIN - (last.at - first.at < slack ? slack : 0))
  }
  #farthestNow(now: number): number | null {
    const { start } = this.#player.live
    const date = start === null ? null : this.#track.at(start)
    return date === null ? null : now - date
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
