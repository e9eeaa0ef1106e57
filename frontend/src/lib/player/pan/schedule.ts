// When decoded sound is to be heard, without WebAudio: media times are in s of the element, times in s of the context.

/** A piece of decoded sound. */
export interface Piece {
  /** From when to when it plays, in media time. */
  start: number
  end: number
}

/** Where the element is, and whether it plays. */
export interface Position {
  media: number
  plays: boolean
}

/** How far ahead of its time sound is handed over, in s; and how often, in ms: a page that is busy must not be late. */
export const AHEAD = 1
export const EVERY = 200
/** A difference between picture and sound, in s, that is corrected. Less cannot be noticed. */
const OFF = 0.04

/**
 * Follows an element by the clock of the context: both run alike, except for changes of the rate, seeks and stalls. Whatever was
 * handed over before such a change is void.
 */
export class Follow {
  /** The media time that is heard when the context's time is 0; null: nothing is. */
  #base: number | null = null

  /** Call it every EVERY; returns whether what was handed over is void. */
  at(now: number, { media, plays }: Position): boolean {
    if (!plays) {
      const was = this.#base !== null
      this.#base = null
      return was
    }
    const base = media - now
    if (this.#base !== null && Math.abs(base - this.#base) <= OFF) return false
    const was = this.#base !== null
    this.#base = base
    return was
  }

  /** The context's time at which a media time is heard; null: nothing is heard. */
  when(media: number): number | null {
    return this.#base === null ? null : media - this.#base
  }
}
