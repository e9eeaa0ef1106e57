/** Now, once a second, at the full second: everything that counts down reads this one clock. */
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
