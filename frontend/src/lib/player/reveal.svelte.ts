/** How long names, facts and controls stay after the last reason to show them, in ms. */
const STAY = 3_000

/** Below this height of a tile, in px, its name and facts would cover the picture's own top line or clock. */
export const SMALL = 400

/** Which names and facts are shown without a reason of the moment: those of large tiles, all, or none. */
export type Overlay = 'large' | 'all' | 'none'

/** When a tile shows its controls, its name and its facts. */
export class Reveal {
  #awake = $state(false)
  #fresh = $state(false)
  #tuned = $state(false)
  #timers: Partial<Record<'awake' | 'fresh' | 'tuned', ReturnType<typeof setTimeout>>> = {}

  /** Whether the pointer moved over it, or a key was pressed for it, a moment ago. */
  get awake(): boolean {
    return this.#awake
  }
  /** Whether it was opened, touched, or has changed its state, a moment ago. */
  get fresh(): boolean {
    return this.#awake || this.#fresh || this.#tuned
  }
  /** Whether its offset has changed a moment ago. */
  get tuned(): boolean {
    return this.#tuned
  }

  /** The pointer moves, or a key is pressed. */
  wake(): void {
    this.#awake = true
    this.#after('awake', () => (this.#awake = false))
  }
  /** The pointer has left. */
  sleep(): void {
    clearTimeout(this.#timers.awake)
    this.#awake = false
  }
  /** Its state or its feed has changed. */
  changed(): void {
    this.#fresh = true
    this.#after('fresh', () => (this.#fresh = false))
  }
  /** Its offset has changed. */
  tune(): void {
    this.#tuned = true
    this.#after('tuned', () => (this.#tuned = false))
  }
  end(): void {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
  }

  #after(timer: 'awake' | 'fresh' | 'tuned', then: () => void): void {
    clearTimeout(this.#timers[timer])
    this.#timers[timer] = setTimeout(then, STAY)
  }
}
