import type { OnDeck } from './deck'
import type { Arrival } from './engine'
import { RecoveryPlanner, type Act, type Trouble } from './recovery-plan'
import type { Problem } from './types'
import type { Stage } from './words'

/** What recovery needs of the player. */
export interface RecoveryHost {
  /** What has happened, without the reason: playback has stopped, or does not start. */
  what(): string
  moving(): boolean
  /** Opens a new engine. */
  rebuild(): void
  /** Switches subtitles off. */
  silence(): void
  /** The problem has appeared, changed or ended. */
  changed(): void
}

/** The stages whose problems are over once something has been loaded. */
const ENDS: Record<Arrival['kind'], (Stage | undefined)[]> = {
  playlist: ['manifest', 'playlist'],
  audio: ['audio'],
  fragment: ['manifest', 'fragment', 'key', 'media', 'codec', 'other'],
}

/** Recovers a player from errors: it holds the current problem, and what is done about it and when. */
export class Recovery {
  #problem = $state.raw<Problem | null>(null)
  #stage: Stage | undefined
  #planner = new RecoveryPlanner()
  #retry: ReturnType<typeof setTimeout> | undefined
  #act: Act = 'rebuild'
  #deck: OnDeck
  #host: RecoveryHost

  constructor(deck: OnDeck, host: RecoveryHost) {
    this.#deck = deck
    this.#host = host
  }

  get problem(): Problem | null {
    return this.#problem
  }
  /** Whether a retry is scheduled. */
  get waits(): boolean {
    return this.#retry !== undefined
  }

  /** Reports a problem without scheduling a retry: the caller deals with it. */
  report(stage: Stage, why: string, retryAt: number | null): void {
    this.#stage = stage
    this.#problem = { what: this.#host.what(), why, retryAt }
    this.#host.changed()
  }

  trouble(t: Trouble): void {
    const now = Date.now()
    let retryIn = t.retryIn
    if (t.fatal) {
      const plan = this.#planner.plan(t, now)
      this.#act = plan.act
      retryIn = plan.after
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => this.do(plan.act), plan.after)
    }
    // A refused segment is skipped: it is not reported unless playback stops.
    if (!t.fatal && retryIn === null && this.#host.moving()) return
    this.report(t.stage, t.why, retryIn === null ? null : now + retryIn)
  }

  arrived(what: Arrival): void {
    if (what.kind === 'fragment') this.#planner.well()
    if (this.#problem && ENDS[what.kind].includes(this.#stage)) this.#clear()
  }

  /** Runs the scheduled retry now. */
  tryNow(): void {
    if (this.#problem === null) return
    clearTimeout(this.#retry)
    this.do(this.#retry === undefined ? 'restart' : this.#act)
  }

  do(act: Act): void {
    this.#retry = undefined
    const engine = this.#deck.engine
    if (this.#problem) this.#problem = { ...this.#problem, retryAt: null }
    if (act === 'rebuild' || !engine) this.#host.rebuild()
    else if (act === 'recover' || act === 'swap') engine.recover(act === 'swap')
    else {
      if (act === 'silence') this.#host.silence()
      engine.restart()
    }
  }

  /** Cancels the scheduled retry. */
  cancel(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
  }

  /** Forgets everything. */
  reset(): void {
    this.#planner = new RecoveryPlanner()
    this.#clear()
  }

  #clear(): void {
    this.cancel()
    this.#problem = null
    this.#stage = undefined
    this.#host.changed()
  }
}
