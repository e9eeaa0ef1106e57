// Synchronised playback: the decision only, without players and clocks.

/** The state of a playing feed. */
export interface Playing {
  id: string
  /** PROGRAM-DATE-TIME at the playhead plus the feed's offset, in ms; null: it has none, or does not play. */
  date: number | null
  /** How much nearer to the live edge it could play, in ms. */
  room: number
  /** Whether its playback rate is being changed to correct a drift. */
  correcting: boolean
}

/** What a feed should do: play at this rate, or seek to this date. */
export interface Move {
  id: string
  /** ms ahead (+) of the reference or behind it (−); null: not compared. */
  drift: number | null
  rate: number
  seek: number | null
}

export interface Decision {
  moves: Move[]
  /** ms between the first and the last feed; null: nothing to compare. */
  spread: number | null
}

/** The smallest visible drift, in ms: 1½ frames at 25 frames per second. */
export const DEAD_BAND = 60
/** A correction continues until the drift is below this, in ms, so that it does not start again at once. */
export const CLOSE = 20
/** A larger drift, in ms, is corrected by seeking: changing the rate would take a minute. */
export const SEEK = 3_000
/** More than this, in ms, is not a drift but a different programme or a wrong clock, which a manual offset can correct. */
export const ABSURD = 120_000
const MOST_RATE = 0.05
/** How long a correction should take, in ms, as far as the rate allows. */
const WITHIN = 4_000

/**
 * The reference is the slowest feed that cannot play nearer to the live edge; the others wait for it. A feed that could
 * (after a pause or a stall) catches up instead of delaying all others. Small drifts are corrected by up to 5 % of
 * speed, large ones by seeking. Feeds very far from the others are ignored.
 */
export function decide(feeds: readonly Playing[], on: boolean): Decision {
  const dated = feeds.filter((f): f is Playing & { date: number } => f.date !== null)
  const middle = median(dated.map((f) => f.date))
  const compared = dated.filter((f) => Math.abs(f.date - middle) <= ABSURD)
  const still = (id: string, drift: number | null): Move => ({ id, drift, rate: 1, seek: null })
  if (compared.length < 2) return { moves: feeds.map((f) => still(f.id, null)), spread: null }

  const dates = compared.map((f) => f.date)
  const fastest = Math.max(...dates)
  const reference = Math.min(fastest, ...compared.map((f) => f.date + Math.max(0, f.room)))
  const moves = feeds.map((f): Move => {
    const date = compared.find((c) => c.id === f.id)?.date
    if (date === undefined) return still(f.id, null)
    const drift = date - reference
    const size = Math.abs(drift)
    if (!on || size <= (f.correcting ? CLOSE : DEAD_BAND)) return still(f.id, drift)
    if (size > SEEK) return { id: f.id, drift, rate: 1, seek: reference }
    return { id: f.id, drift, rate: 1 - Math.sign(drift) * Math.min(MOST_RATE, size / WITHIN), seek: null }
  })
  return { moves, spread: fastest - Math.min(...dates) }
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}
