import type { CurrentEngine } from './engine-slot'
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

/** The stages whose problems end when something of a kind has been loaded. */
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
  #slot: CurrentEngine
  #host: RecoveryHost

  constructor(slot: CurrentEngine, host: RecoveryHost) {
    this.#slot = slot
    this.#host = host
  }

  get problem(): Problem | null {
    return this.#problem
  }
  /** Whether a retry is scheduled. */
  get waits(): boolean {
    return this.#retry !== undefined
  }

  /** Shows a problem without scheduling a retry, which is left to the caller. */
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
      this.#retry = setTimeout(() => this.run(plan.act), plan.after)
    }
    // A refused segment is skipped: it is not reported unless playback stops.
    if (!t.fatal && retryIn === null && this.#host.moving()) return
    this.report(t.stage, t.why, retryIn === null ? null : now + retryIn)
  }

  arrived(what: Arrival): void {
    if (what.kind === 'fragment') this.#planner.recovered()
    if (this.#problem && ENDS[what.kind].includes(this.#stage)) this.#clear()
  }

  /** Runs the scheduled retry now. */
  tryNow(): void {
    if (this.#problem === null) return
    clearTimeout(this.#retry)
    this.run(this.#retry === undefined ? 'restart' : this.#act)
  }

  run(act: Act): void {
    this.#retry = undefined
    const engine = this.#slot.engine
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
