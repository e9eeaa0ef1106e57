// How one feed gets to its place: by a change of its rate, or by a seek; without players and clocks. All times are in ms.

/** The largest change of the playback rate. More can be heard. */
export const MOST_RATE = 0.05
const LEAST_RATE = 0.01
/** A drift below this is left alone: it is less than a frame at 25 frames per second. */
export const DEAD_BAND = 30
/**
 * From here on a drift is corrected, down to the dead band. WebKit shifts the picture at each change of the rate, more so on a busy
 * machine: a feed that is nearly in its place would be moved again and again.
 */
const START = 35
/** A larger drift is corrected by a seek: by the rate it would take more than 5 s. */
export const SEEK = 250
/** How long a correction by the rate should take, as far as the rate allows. */
const WITHIN = 2_500
/** How long nothing is done after a change of the rate or a seek, until the readings are right again. */
const CALM_RATE = 1_000
const CALM_SEEK = 400
/**
 * At most this many seeks within this time, which doubles up to the maximum while the feed does not reach its place: one that
 * cannot keep it is not sought back and forth.
 */
const MOST_SEEKS = 3
const SEEKS_WITHIN = 20_000
const MOST_WITHIN = 5 * 60_000
/** How long a seek takes until the picture moves, before it has been measured, and at most. */
const FIRST_LEAD = 150
const MOST_LEAD = 6_000
/** If the picture does not move again within this time after a seek, its end says nothing of how long seeks take. */
const SLOW_SEEK = 8_000
/** How many readings in a row must show a drift before it is corrected; more for a small one, which may be noise. */
const AGREE = 2
const AGREE_SMALL = 5
const SMALL = 120

/** What to do: play at this rate, and seek by this much (+ ahead) if it is not 0. */
export interface Step {
  rate: number
  seek: number
}

const STILL: Step = { rate: 1, seek: 0 }

/**
 * Corrects the drift of one feed. WebKit stutters whenever the rate changes, so a rate is kept until the drift is gone, and
 * how much a seek or the end of a correction shifts the picture is learned.
 */
export class Correction {
  #rate = 1
  #agreed = 0
  #calmUntil = -Infinity
  #seeks: number[] = []
  #seeksWithin = SEEKS_WITHIN
  /** The seek that has not been judged yet, and whether its picture does not move yet. */
  #sought: number | null = null
  #landing = false
  #lead = FIRST_LEAD
  /** Whether the correction that ended last is to be judged, and how much a correction overshoots. */
  #ended = 0
  #overshoot = 0

  /** `drift` is how far the feed is ahead (+) of its place; null: unknown. Call it every `tick`. */
  next(now: number, drift: number | null, tick: number): Step {
    if (drift === null) return this.#unknown()
    if (this.#landing) {
      this.#landing = false
      this.#calmUntil = now + CALM_SEEK
    }
    if (now < this.#calmUntil) return { rate: this.#rate, seek: 0 }
    this.#learn(now, drift)
    if (this.#rate !== 1) return this.#go(now, drift, tick)
    return this.#start(now, drift)
  }

  /** How long a seek takes until the picture moves. */
  get lead(): number {
    return this.#lead
  }
  /** The seek that next asked for was not possible: it is asked for again, and does not count. */
  refused(): void {
    this.#sought = null
    if (this.#seeks.length === MOST_SEEKS) this.#seeksWithin = Math.max(SEEKS_WITHIN, this.#seeksWithin / 2)
    this.#seeks.pop()
  }
  /** Something else sought, taking the lead into account. */
  sought(now: number): void {
    this.stop()
    this.#sought = now
    this.#landing = true
  }

  /** Forgets a correction that is under way. */
  stop(): void {
    this.#rate = 1
    this.#agreed = this.#ended = 0
    this.#sought = null
    this.#landing = false
    this.#calmUntil = -Infinity
  }

  /** It does not play: it was stopped, or it loads. */
  #unknown(): Step {
    this.#rate = 1
    this.#agreed = this.#ended = 0
    this.#landing = true
    return STILL
  }

  #learn(now: number, drift: number): void {
    if (this.#sought !== null) {
      if (now - this.#sought < SLOW_SEEK)
        this.#lead = Math.min(MOST_LEAD, Math.max(0, this.#lead - 0.7 * drift))
      this.#sought = null
    }
    if (this.#ended !== 0 && Math.abs(drift) < SEEK) {
      // Positive: it went on too long.
      this.#overshoot = within(this.#overshoot - 0.8 * drift * this.#ended, DEAD_BAND * 4)
    }
    this.#ended = 0
  }

  #go(now: number, drift: number, tick: number): Step {
    const direction = Math.sign(1 - this.#rate)
    const left = drift * direction - this.#overshoot
    const seeks = Math.abs(drift) > 2 * SEEK && this.#maySeek(now)
    if (!seeks && left > (Math.abs(1 - this.#rate) * tick) / 2) return { rate: this.#rate, seek: 0 }
    this.#ended = direction
    this.#rate = 1
    this.#calmUntil = now + CALM_RATE
    return STILL
  }

  #start(now: number, drift: number): Step {
    const size = Math.abs(drift)
    if (size <= START) {
      this.#agreed = 0
      if (size <= DEAD_BAND) this.#seeksWithin = SEEKS_WITHIN
      return STILL
    }
    if (++this.#agreed < (size < SMALL ? AGREE_SMALL : AGREE)) return STILL
    this.#agreed = 0
    if (size > SEEK && this.#maySeek(now)) {
      if (this.#seeks.push(now) === MOST_SEEKS)
        this.#seeksWithin = Math.min(MOST_WITHIN, 2 * this.#seeksWithin)
      this.#sought = now
      this.#calmUntil = now + CALM_SEEK
      return { rate: 1, seek: -drift + this.#lead }
    }
    const change = Math.min(MOST_RATE, Math.max(LEAST_RATE, size / WITHIN))
    this.#rate = 1 - Math.sign(drift) * change
    return { rate: this.#rate, seek: 0 }
  }

  #maySeek(now: number): boolean {
    this.#seeks = this.#seeks.filter((at) => now - at < this.#seeksWithin)
    return this.#seeks.length < MOST_SEEKS
  }
}

const within = (n: number, most: number): number => Math.min(most, Math.max(-most, n))
