import { pageClock } from '../../time/page-clock'

/** How often the server's clock is measured, and how many times each time. */
const EVERY = 60_000
const TRIES = 5
/** How far apart two measurements must be to be a change, in ms: less is the error of a measurement. */
const CHANGE = 10

/**
 * The server's clock, which all its pages share. It is measured by requests: the answer's time is that of the middle between
 * request and answer. Of several tries, the one with the shortest round trip is the most exact: within half of it.
 */
export class ServerClock {
  #ask: () => Promise<{ now: number }>
  #ahead = 0
  #known = false
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(ask: () => Promise<{ now: number }>) {
    this.#ask = ask
  }

  /** How far the server's clock is ahead of this page's, in ms; 0 until it has been measured. */
  get ahead(): number {
    return this.#ahead
  }
  /** Whether it has been measured. */
  get known(): boolean {
    return this.#known
  }

  /** Measures now, and then once a minute until it is stopped. */
  start(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => void this.measure(), EVERY)
    void this.measure()
  }
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async measure(): Promise<void> {
    let best = { trip: Infinity, ahead: 0 }
    for (let i = 0; i < TRIES; i++) {
      const asked = pageClock()
      let now: number
      try {
        now = (await this.#ask()).now
      } catch {
        continue // the server does not respond; the next measurement is in a minute
      }
      const trip = pageClock() - asked
      if (trip < best.trip) best = { trip, ahead: now - (asked + trip / 2) }
    }
    if (best.trip === Infinity) return
    if (!this.#known || Math.abs(best.ahead - this.#ahead) > CHANGE) this.#ahead = best.ahead
    this.#known = true
  }
}
