import { delayOf } from './policy'
import type { Stage } from './words'

/** An error as an engine reports it. */
export interface Trouble {
  stage: Stage
  /** Whether the engine has stopped, so that the player must act. */
  fatal: boolean
  /** HTTP status; 0: no answer. Unused for media and other. */
  status: number
  why: string
  /** When the engine retries by itself, in ms from now; null: it does not. */
  retryIn: number | null
}

/**
 * restart: resume loading. rebuild: open a new engine. recover, swap: reset the decoder, with swap using another
 * audio codec. silence: switch subtitles off.
 */
export type Act = 'restart' | 'rebuild' | 'recover' | 'swap' | 'silence'

export interface Plan {
  act: Act
  /** ms from now. */
  after: number
}

/** Decoder errors further apart than this, in ms, are unrelated. */
const APART = 30_000
/** The delay after a missing codec, in ms: the user may install it meanwhile. */
const CODEC_DELAY = 30_000

/** Plans what to do after a fatal error of an engine. There is always a next try. */
export class RecoveryPlanner {
  #network = 0
  #media: number[] = []

  /** Playback works again: earlier network errors no longer count. */
  recovered(): void {
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
    // A single refused segment has usually just left the live window.
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

/** What the watchdog does about playback that is stuck. */
export type WatchdogAction = 'nudge' | 'live' | 'restart' | 'rebuild' | null

/** How long playback may be stuck, in s, before this is shown and acted upon. */
export const REPORT_AFTER = 4
const NUDGE_AFTER = 8

/** Returns what to do after so many seconds of being stuck. `data` reports whether media is buffered ahead. */
export function watchdogAction(still: number, data: boolean): WatchdogAction {
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
