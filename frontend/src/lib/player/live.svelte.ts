import type { Choices } from './choices.svelte'
import type { Engine } from './engine'
import type { CurrentEngine } from './engine-slot'

/** The latency above the target, in s, from which seeking to the live position is worthwhile, and the least such latency. */
const BEHIND = 6
const BEHIND_LEAST = 12
/** The distance to either end of the seekable range, in s, within which it does not seek. */
const EDGE = 1
/** The time between two seeks to the live position, in ms. */
const JUMP = 4_000

/** Is notified of seeks. */
export interface SeekListener {
  sought(): void
  wentLive(): void
}

/** Where a feed plays: at its live edge, time-shifted, or on its way back to live. */
export class LiveEdge {
  #timeShifted = $state(false)
  #late = $state(false)
  #toLive = false
  #jumped = 0
  #sought = 0
  /** Where it would play in sync with other feeds, in the element's seconds; null: anywhere. */
  common: () => number | null = () => null
  #slot: CurrentEngine
  #choices: Choices
  #listener: SeekListener

  constructor(slot: CurrentEngine, choices: Choices, listener: SeekListener) {
    this.#slot = slot
    this.#choices = choices
    this.#listener = listener
  }

  /** Whether the user has seeked back; it stays time-shifted until goLive. */
  get timeShifted(): boolean {
    return this.#timeShifted
  }
  /** Whether it plays so far behind that going live would seek. */
  get late(): boolean {
    return this.#late
  }
  /** How often the user has sought. */
  get sought(): number {
    return this.#sought
  }
  /** The live position, in the element's seconds; null: unknown. */
  get position(): number | null {
    return this.#slot.engine?.livePosition ?? null
  }
  /** The start of the seekable range, in the element's seconds; null: unknown. */
  get start(): number | null {
    return this.#slot.engine?.window?.start ?? null
  }
  /** How much later that position could in truth be, in s. */
  get slack(): number {
    return this.#slot.engine?.slack ?? 0
  }
  /** Seeks to the live position, or to an earlier one that the caller chose, at once, or as soon as it is known. */
  goLive(at?: number): void {
    this.#endTimeShift()
    this.#sought++
    const position = at ?? this.position
    const { video } = this.#slot
    if (position !== null && video) video.currentTime = position
    this.#toLive = position === null
    this.#listener.wentLive()
  }

  /** Seeks to a media time within the seekable range. A time at or after the live position goes live. */
  seek(at: number): void {
    const { video, engine } = this.#slot
    const window = engine?.window ?? null
    if (!video || !engine || window === null) return
    const live = engine.livePosition
    if (live !== null && at >= live) return this.goLive()
    this.#timeShifted = engine.live
    this.#sought++
    this.#toLive = false
    if (this.#timeShifted) this.#choices.pin()
    video.currentTime = Math.min(Math.max(at, window.start + EDGE), Math.max(window.start, window.end - EDGE))
    this.#listener.sought()
  }

  /** Seeks back (−) or forward within the seekable range, and never in the opposite direction. */
  seekBy(seconds: number): void {
    const { video, engine } = this.#slot
    const window = engine?.window ?? null
    if (!video || !engine || window === null) return
    const here = video.currentTime
    const live = engine.livePosition
    if (seconds > 0 && live !== null && here >= live) return this.#endTimeShift()
    if (seconds < 0 && here <= window.start + EDGE) return
    this.seek(here + seconds)
  }

  /** If the playhead has left the playlist during a pause, continues at the oldest segment that is left. */
  intoWindow(): void {
    const { video, engine } = this.#slot
    const window = engine?.window ?? null
    if (!this.#timeShifted || !video || window === null || video.currentTime >= window.start) return
    video.currentTime = window.start + EDGE
  }

  /** Seeks to a PROGRAM-DATE-TIME (ms); false if the feed has none or it is outside the seekable range. */
  seekTo(date: number): boolean {
    const { video, engine } = this.#slot
    const here = engine?.date ?? null
    const window = engine?.window ?? null
    if (!video || here === null || window === null) return false
    const at = video.currentTime + (date - here) / 1000
    if (at < window.start || at > window.end - 1) return false
    video.currentTime = at
    return true
  }

  /** Seeks by some seconds; false if that is outside the seekable range. */
  shift(seconds: number): boolean {
    const { video, engine } = this.#slot
    const window = engine?.window ?? null
    if (!video || window === null) return false
    const at = video.currentTime + seconds
    if (at < window.start || at > window.end - EDGE) return false
    video.currentTime = at
    return true
  }

  /** Playback has stopped, or is about to: continue at the live position unless time-shifted. */
  stopped(): void {
    this.#toLive = !this.#timeShifted
  }

  /** The machine was asleep: go live, because a time-shifted position no longer exists. */
  slept(): void {
    this.#endTimeShift()
    this.#toLive = true
  }

  /** Playback has ended. */
  reset(): void {
    this.#endTimeShift()
    this.#late = this.#toLive = false
  }

  /** Call once a second with the measured latency. `plays` reports whether the feed should play and has an engine. */
  second(behind: number | null, plays: boolean): void {
    const { engine } = this.#slot
    this.#late = behind !== null && behind > Math.max(BEHIND_LEAST, (engine?.target ?? 0) + BEHIND)
    if (!plays || !engine) return
    // It has reached the live position, because its own position has left the playlist.
    if (this.#timeShifted && engine.behind !== null && engine.behind < (engine.target ?? 0) + BEHIND / 2)
      this.#endTimeShift()
  }

  /** After a stall, continues at the live position instead of where it stopped. */
  catchUp(moving: boolean): void {
    const { video, engine } = this.#slot
    if (!this.#toLive || !engine || !video || video.readyState === 0) return
    const live = engine.livePosition
    if (live === null || engine.behind === null) return
    const position = this.#commonPosition(engine) ?? live
    // If the playlist does not grow, the live position lies behind the playhead.
    const ahead = position > video.currentTime + 1
    if (ahead && engine.behind > (engine.target ?? 0) + BEHIND / 2) {
      // A seek needs a moment to take effect.
      if (Date.now() - this.#jumped < JUMP) return
      this.#jumped = Date.now()
      video.currentTime = position
    } else if (moving) this.#toLive = false
  }

  /**
   * Where it would play in sync with the others; null: anywhere, or so near to what is listed last that it would stall at once. It may
   * be nearer than the live position, from which hls.js keeps away further after each stall.
   */
  #commonPosition(engine: Engine): number | null {
    const [at, window] = [this.common(), engine.window]
    return at === null || window === null || at > window.end - engine.slack ? null : at
  }

  #endTimeShift(): void {
    this.#timeShifted = false
    this.#choices.unpin()
  }
}
