/** The current time, updated at each full second: all countdowns read this clock. */
export class Clock {
  #now = $state(Date.now())
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now
  }

  start(): void {
    this.stop()
    const tick = () => {
      this.#now = Date.now()
      this.#timer = setTimeout(tick, 1000 - (Date.now() % 1000))
    }
    tick()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
