import { untrack } from 'svelte'
import type { Preferences } from '../preferences.svelte'

/** The largest delay, and how much a key changes it, in s. */
export const MOST_DELAY = 3600
export const DELAY_STEP = 0.5

/** The setting that holds the delay of all pages: seconds, "off" for none, "" if each page has its own. */
const SETTING = 'ui.delay'
const OFF = 'off'

/** A common delay of all feeds of the wall behind live. It belongs to this page's wall, or to all pages. */
export class Delay {
  #preferences: Preferences
  #own = $state<number | null>(null)

  constructor(preferences: Preferences) {
    this.#preferences = preferences
  }

  /** In s; null: none. */
  get seconds(): number | null {
    return this.shared ? parse(this.#preferences.get(SETTING)) : this.#own
  }
  /** The delay of this page's wall, to be stored with it. */
  get own(): number | null {
    return this.#own
  }
  /** Whether all pages have the same. */
  get shared(): boolean {
    return this.#preferences.get(SETTING) !== ''
  }

  /** Sets the delay, here or on all pages; null ends it. */
  set(seconds: number | null): void {
    const rounded = seconds === null ? null : limited(seconds)
    this.#own = rounded
    if (this.shared) void this.#preferences.set(SETTING, rounded === null ? OFF : String(rounded))
  }
  /** Makes this page's delay that of all pages, or leaves each page with what it has. */
  share(on: boolean): void {
    if (on) void this.#preferences.set(SETTING, this.#own === null ? OFF : String(this.#own))
    else void this.#preferences.set(SETTING, null)
  }
  /** Restores the delay of this page's wall. */
  restore(seconds: number | null): void {
    this.#own = seconds
  }

  /** Keeps the delay of all pages as this page's own, for when they part again. Call within an effect root. */
  follow(): void {
    $effect(() => {
      if (!this.shared) return
      const { seconds } = this
      untrack(() => (this.#own = seconds))
    })
  }
}

/** Rounded to a tenth of a second, and within bounds. */
export const limited = (seconds: number): number =>
  Math.round(Math.min(MOST_DELAY, Math.max(0, seconds)) * 10) / 10

function parse(value: string): number | null {
  const seconds = Number(value)
  return value === '' || !Number.isFinite(seconds) ? null : seconds
}
