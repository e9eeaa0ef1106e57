// Playing in step: the decision alone, without players and clocks.

/** A feed as it plays just now. */
export interface Playing {
  id: string
  /** PROGRAM-DATE-TIME at the playhead, put right by the feed's offset; ms. null: has none, or does not play. */
  date: number | null
  /** How much nearer to the live edge it could play, in ms. */
  room: number
  /** Whether it is being corrected by its rate. */
  correcting: boolean
}

/** What a feed is to do: play at this rate, or go to this date. */
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

/** Nobody sees less than this, in ms: 1½ frames at 25 frames a second. */
export const DEAD_BAND = 60
/** A correction that runs goes on until it is as close as this, so that it does not begin again at once. */
export const CLOSE = 20
/** More than this is sought, in ms: by rate it would take a minute. */
export const SEEK = 3_000
/** More than this is no drift: another programme, or a clock that is set wrong. An offset by hand can put it right. */
export const ABSURD = 120_000
const MOST_RATE = 0.05
/** How quickly a drift is to be gone, in ms, as far as the rate allows. */
const WITHIN = 4_000

/**
 * The reference is the slowest feed, where it cannot come nearer to the live edge: the others wait for it. One that could
 * (it was paused, it stumbled) catches up instead of making all others late. Small drifts are played away with up to 5 %
 * of speed, large ones are jumped over. Feeds that are absurdly far from the others are left alone.
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
