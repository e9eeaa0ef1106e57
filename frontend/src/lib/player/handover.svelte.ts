import { untrack } from 'svelte'
import type { Playback } from './playback.svelte'

/** A difference between the two feeds' date times, in ms, that is too small to seek, or too large to be a difference in latency. */
const CLOSE = 250
const ABSURD = 120_000
/** How long a seek to the old picture's moment may take, in ms, before the new picture is shown where it is. */
const SEEKING = 4_000
/** How often the end of the seek is looked for, in ms. */
const LOOK = 100

/**
 * Waits until the next feed of a tile moves, at the moment that the old picture shows if both have date times, and then
 * calls `done` once. If the old feed has stopped, the next one is shown as soon as it moves.
 */
export class Handover {
  readonly next: Playback
  #old: Playback
  #done: () => void
  /** When it sought, in ms since 1970; 0: not yet. */
  #sought = 0
  #look: ReturnType<typeof setInterval> | undefined
  #offEffect: () => void

  constructor(old: Playback, next: Playback, done: () => void) {
    this.#old = old
    this.next = next
    this.#done = done
    this.#offEffect = $effect.root(() => {
      $effect(() => {
        const moves = next.player.status === 'playing'
        untrack(() => moves && this.#moves())
      })
    })
  }

  /** Stops waiting. */
  end(): void {
    this.#offEffect()
    clearInterval(this.#look)
  }

  #moves(): void {
    if (this.#sought > 0) return
    const [to, apart] = [this.#to, this.#apart]
    if (to === null || apart < CLOSE || apart > ABSURD || !this.next.player.live.seekTo(to))
      return this.#finish()
    this.#sought = Date.now()
    this.#look = setInterval(() => this.#arrived() && this.#finish(), LOOK)
  }

  /** The moment that the old picture shows, by the clock of the new feed; null: the old one has no date time. */
  get #to(): number | null {
    const { date } = this.#old.player
    return date === null ? null : date - this.#old.offset.ms + this.next.offset.ms
  }

  /** How far apart the two pictures are, in ms; 0 if one of them has no date time. */
  get #apart(): number {
    const [to, here] = [this.#to, this.next.player.date]
    return to === null || here === null ? 0 : Math.abs(to - here)
  }

  #arrived(): boolean {
    if (Date.now() - this.#sought > SEEKING) return true
    const { video, status } = this.next.player
    return (
      status === 'playing' &&
      video !== undefined &&
      !video.seeking &&
      video.readyState > 2 &&
      this.#apart < 2 * CLOSE
    )
  }

  #finish(): void {
    this.end()
    this.#done()
  }
}
