import type { OnDeck } from './deck'
import type { Arrival } from './engine'
import { Recovery, type Act, type Trouble } from './recovery'
import type { Problem } from './types'
import type { Stage } from './words'

/** The player that is healed. */
export interface Patient {
  /** What is wrong, without the reason: it has stopped, or does not start. */
  what(): string
  moving(): boolean
  /** Opens a new engine. */
  rebuild(): void
  /** Does without subtitles. */
  silence(): void
  /** The problem came, changed or went. */
  changed(): void
}

/** What the arrival of something shows to be over. */
const ENDS: Record<Arrival['kind'], (Stage | undefined)[]> = {
  playlist: ['manifest', 'playlist'],
  audio: ['audio'],
  fragment: ['manifest', 'fragment', 'key', 'media', 'codec', 'other'],
}

/** What is wrong with a player, and what is done about it and when. */
export class Healing {
  #problem = $state.raw<Problem | null>(null)
  #stage: Stage | undefined
  #recovery = new Recovery()
  #retry: ReturnType<typeof setTimeout> | undefined
  #act: Act = 'rebuild'
  #deck: OnDeck
  #patient: Patient

  constructor(deck: OnDeck, patient: Patient) {
    this.#deck = deck
    this.#patient = patient
  }

  get problem(): Problem | null {
    return this.#problem
  }
  /** Whether something is done later. */
  get waits(): boolean {
    return this.#retry !== undefined
  }

  /** Something is wrong; what is to be done about it is done by others. */
  say(stage: Stage, why: string, retryAt: number | null): void {
    this.#stage = stage
    this.#problem = { what: this.#patient.what(), why, retryAt }
    this.#patient.changed()
  }

  trouble(t: Trouble): void {
    const now = Date.now()
    let retryIn = t.retryIn
    if (t.fatal) {
      const plan = this.#recovery.plan(t, now)
      this.#act = plan.act
      retryIn = plan.after
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => this.do(plan.act), plan.after)
    }
    // A refused segment is skipped: no word about it unless the picture stops.
    if (!t.fatal && retryIn === null && this.#patient.moving()) return
    this.say(t.stage, t.why, retryIn === null ? null : now + retryIn)
  }

  arrived(what: Arrival): void {
    if (what.kind === 'fragment') this.#recovery.well()
    if (this.#problem && ENDS[what.kind].includes(this.#stage)) this.#clear()
  }

  /** Does at once what is to be done later. */
  tryNow(): void {
    if (this.#problem === null) return
    clearTimeout(this.#retry)
    this.do(this.#retry === undefined ? 'restart' : this.#act)
  }

  do(act: Act): void {
    this.#retry = undefined
    const engine = this.#deck.engine
    if (this.#problem) this.#problem = { ...this.#problem, retryAt: null }
    if (act === 'rebuild' || !engine) this.#patient.rebuild()
    else if (act === 'recover' || act === 'swap') engine.recover(act === 'swap')
    else {
      if (act === 'silence') this.#patient.silence()
      engine.restart()
    }
  }

  /** Does nothing later. */
  cancel(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
  }

  /** Forgets everything. */
  reset(): void {
    this.#recovery = new Recovery()
    this.#clear()
  }

  #clear(): void {
    this.cancel()
    this.#problem = null
    this.#stage = undefined
    this.#patient.changed()
  }
}
