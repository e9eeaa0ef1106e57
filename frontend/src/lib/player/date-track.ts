// What a feed's PROGRAM-DATE-TIMEs say, measured over time: without players and clocks.

/** Why a feed's dates cannot be trusted. */
export type DateFault = { kind: 'jumps'; by: number } | { kind: 'backwards' }

/** For how long readings count, in ms: long enough that dates which jitter from segment to segment average out. */
const KEEP = 20_000
/** A change of the dates against the media time, in ms, that is a jump and no jitter. */
const JUMP = 500
/** How many readings in a row must agree on a jump, so that a moment between two segments is none. */
const AGREE = 3
/** How long the feed is left out after its first jump, in ms; after a further one three times as long, up to the maximum. */
const FIRST_PENALTY = 20_000
const MOST_PENALTY = 10 * 60_000
/** A jump this long after the last one counts as the first, in ms. */
const FORGIVEN = 5 * 60_000

/**
 * Learns which date a feed shows at which media time. The two run alike, so their difference is constant: the median of the
 * readings is more exact than any of them. A difference that changes at once is a jump.
 */
export class DateTrack {
  /** The differences, date − media time, in ms, with the time of each. */
  #readings: { at: number; difference: number }[] = []
  /** Readings in a row that disagree with the others. */
  #odd: { at: number; difference: number }[] = []
  #penalty = 0
  #until = 0
  /** When and by how much it jumped last. */
  #jumped = -Infinity
  #by = 0
  #fault: DateFault | null = null

  /** A track of the same feed whose media time has started again is left out, or not trusted, as long as the one before. */
  constructor(before?: DateTrack) {
    if (!before) return
    this.#penalty = before.#penalty
    this.#until = before.#until
    this.#jumped = before.#jumped
    this.#by = before.#by
    this.#fault = before.#fault
  }

  /** Adds a reading: at a time (ms), the media time (s) and its date (ms). */
  add(now: number, media: number, date: number): void {
    const reading = { at: now, difference: date - media * 1000 }
    const known = this.difference
    if (known !== null && Math.abs(reading.difference - known) > JUMP) {
      this.#odd.push(reading)
      if (this.#odd.length >= AGREE) this.#jumps(now, reading.difference - known)
      return
    }
    this.#odd = []
    this.#readings = [...this.#readings.filter((r) => now - r.at < KEEP), reading]
    if (now >= this.#until) this.#fault = null
  }

  /** date − media time, in ms; null: unknown. */
  get difference(): number | null {
    return median(this.#readings.map((r) => r.difference))
  }
  /** The date at a media time (s), in ms; null: unknown. */
  at(media: number): number | null {
    const { difference } = this
    return difference === null ? null : difference + media * 1000
  }
  /** Why the feed must be left out now; null: it need not be. */
  get fault(): DateFault | null {
    return this.#fault
  }
  /** Whether other feeds may wait for this one: not if its dates jumped lately, because they may be wrong. */
  trusted(now: number): boolean {
    return now - this.#jumped > FORGIVEN
  }

  #jumps(now: number, by: number): void {
    const first = now - this.#jumped > FORGIVEN
    const back = !first && by < 0 && this.#by < 0
    this.#penalty = first ? FIRST_PENALTY : Math.min(MOST_PENALTY, this.#penalty * 3)
    this.#until = now + this.#penalty
    this.#jumped = now
    this.#by = by
    this.#fault = back ? { kind: 'backwards' } : { kind: 'jumps', by }
    this.#readings = this.#odd.slice(-AGREE)
    this.#odd = []
  }
}

export function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor((sorted.length - 1) / 2)
  const [low, high] = [sorted[middle], sorted[sorted.length - 1 - middle]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}
