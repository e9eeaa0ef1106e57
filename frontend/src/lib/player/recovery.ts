import { delayOf } from './policy'
import type { Stage } from './words'

/** What went wrong, as an engine tells it. */
export interface Trouble {
  stage: Stage
  /** The engine has stopped: nothing goes on without us. */
  fatal: boolean
  /** HTTP status; 0: no answer. Of no meaning for media and other. */
  status: number
  why: string
  /** When the engine tries again by itself, in ms from now; null: it does not. */
  retryIn: number | null
}

/**
 * restart: load on from where it stood. rebuild: a new engine. recover, swap: the decoder anew, the second with another
 * audio codec. silence: without subtitles.
 */
export type Act = 'restart' | 'rebuild' | 'recover' | 'swap' | 'silence'

export interface Plan {
  act: Act
  /** ms from now. */
  after: number
}

/** Decoder errors further apart than this, in ms, have nothing to do with each other. */
const APART = 30_000
/** A codec that is not there does not come by waiting; but somebody may install it. */
const CODEC_DELAY = 30_000

/** Plans what to do when an engine has given up. It never gives up itself. */
export class Recovery {
  #network = 0
  #media: number[] = []

  /** A picture came: whatever was wrong is over. */
  well(): void {
    this.#network = 0
  }

  plan(t: Trouble, now: number): Plan {
    switch (t.stage) {
      case 'subtitle':
        return { act: 'silence', after: 0 }
      case 'codec':
        return { act: 'rebuild', after: CODEC_DELAY }
      case 'media':
        return this.#decoder(now)
      case 'other':
        return { act: 'rebuild', after: delayOf(this.#network++, 0) }
    }
    const n = this.#network++
    // A clear no for one segment means that the feed went on without us.
    const after = t.stage === 'fragment' && n === 0 ? 0 : delayOf(n, t.status)
    return { act: t.stage === 'manifest' || n >= 2 ? 'rebuild' : 'restart', after }
  }

  #decoder(now: number): Plan {
    this.#media = this.#media.filter((at) => now - at < APART)
    const n = this.#media.push(now) - 1
    if (n === 0) return { act: 'recover', after: 0 }
    if (n === 1) return { act: 'swap', after: 0 }
    return { act: 'rebuild', after: n === 2 ? 0 : delayOf(n - 2, 0) }
  }
}

/** What the watchdog does about a picture that does not move though it should. */
export type Kick = 'nudge' | 'live' | 'restart' | 'rebuild' | null

/** How long a picture may stand still, in s, before it is said and something is done. */
export const SAY_AFTER = 4
const NUDGE_AFTER = 8

/** Asked once for each second that the picture stands: what to do now. `data`: there is something to play ahead. */
export function watchdog(still: number, data: boolean): Kick {
  if (data) {
    if (still === NUDGE_AFTER) return 'nudge'
    if (still === 2 * NUDGE_AFTER) return 'live'
    if (still > 0 && still % (3 * NUDGE_AFTER) === 0) return 'rebuild'
    return null
  }
  if (still > 0 && still % 30 === 0) return 'rebuild'
  if (still > 0 && still % 10 === 0) return 'restart'
  return null
}
