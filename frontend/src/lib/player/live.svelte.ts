import type { Choices } from './choices.svelte'
import type { OnDeck } from './deck'

/** Latency above the target, in s, from which on seeking to the live position is worthwhile. */
const BEHIND = 6
const BEHIND_LEAST = 12
/** Latency above the target, in s, that is not counted as room for catching up. */
const ROOM_SPARED = 1
/** The distance to either end of the seekable range, in s, within which it does not seek. */
const EDGE = 1
/** The time between two seeks to the live position, in ms. */
const JUMP = 4_000

/** What is notified of a seek. */
export interface Traveller {
  sought(): void
  wentLive(): void
}

/** Where a feed plays: at its live edge, time-shifted, or on its way back to live. */
export class LiveEdge {
  #held = $state(false)
  #late = $state(false)
  #toLive = false
  #jumped = 0
  #deck: OnDeck
  #choices: Choices
  #traveller: Traveller

  constructor(deck: OnDeck, choices: Choices, traveller: Traveller) {
    this.#deck = deck
    this.#choices = choices
    this.#traveller = traveller
  }

  /** Whether the user seeked back: it stays time-shifted until goLive. */
  get held(): boolean {
    return this.#held
  }
  /** Whether it plays so far behind that going live would seek. */
  get late(): boolean {
    return this.#late
  }
  /** How many seconds nearer to the live edge it could play without stalling. */
  get room(): number {
    const { behind = null, target = null } = this.#deck.engine ?? {}
    return this.#held || behind === null || target === null ? 0 : Math.max(0, behind - target - ROOM_SPARED)
  }
  /** Seeks to the live position at once, or as soon as it is known. */
  go(): void {
    this.#unhold()
    const position = this.#deck.engine?.livePosition ?? null
    const { video } = this.#deck
    if (position !== null && video) video.currentTime = position
    this.#toLive = position === null
    this.#traveller.wentLive()
  }

  /** Seeks to a time of the element within the seekable range; from the live position on, this goes live. */
  seek(at: number): void {
    const { video, engine } = this.#deck
    const window = engine?.window ?? null
    if (!video || !engine || window === null) return
    const live = engine.livePosition
    if (live !== null && at >= live) return this.go()
    this.#held = engine.live
    this.#toLive = false
    if (this.#held) this.#choices.pin()
    video.currentTime = Math.min(Math.max(at, window.start + EDGE), Math.max(window.start, window.end - EDGE))
    this.#traveller.sought()
  }

  /** Seeks back (−) or forward within the seekable range, and never in the opposite direction. */
  seekBy(seconds: number): void {
    const { video, engine } = this.#deck
    const window = engine?.window ?? null
    if (!video || !engine || window === null) return
    const here = video.currentTime
    const live = engine.livePosition
    if (seconds > 0 && live !== null && here >= live) return this.#unhold()
    if (seconds < 0 && here <= window.start + EDGE) return
    this.seek(here + seconds)
  }

  /** If the playhead has left the playlist during a pause, continues at the oldest segment that is left. */
  intoWindow(): void {
    const { video, engine } = this.#deck
    const window = engine?.window ?? null
    if (!this.#held || !video || window === null || video.currentTime >= window.start) return
    video.currentTime = window.start + EDGE
  }

  /** Seeks to a PROGRAM-DATE-TIME (ms); false if the feed has none or it is outside the seekable range. */
  seekTo(date: number): boolean {
    const { video, engine } = this.#deck
    const here = engine?.date ?? null
    const window = engine?.window ?? null
    if (!video || here === null || window === null) return false
    const at = video.currentTime + (date - here) / 1000
    if (at < window.start || at > window.end - 1) return false
    video.currentTime = at
    return true
  }

  /** Playback has stopped, or is about to: continue at the live position unless time-shifted. */
  stopped(): void {
    this.#toLive = !this.#held
  }

  /** The machine was asleep: go live, because a time-shifted position is gone. */
  slept(): void {
    this.#unhold()
    this.#toLive = true
  }

  /** Playback has ended. */
  reset(): void {
    this.#unhold()
    this.#late = this.#toLive = false
  }

  /** To be called once a second with the measured latency; `plays` reports whether it should play and has a picture. */
  second(behind: number | null, plays: boolean): void {
    const { engine } = this.#deck
    this.#late = behind !== null && behind > Math.max(BEHIND_LEAST, (engine?.target ?? 0) + BEHIND)
    if (!plays || !engine) return
    // It has reached the live position by itself, because what it played has left the playlist.
    if (this.#held && engine.behind !== null && engine.behind < (engine.target ?? 0) + BEHIND / 2)
      this.#unhold()
  }

  /** After a stall, continues at the live position instead of where it stopped. */
  catchUp(moving: boolean): void {
    const { video, engine } = this.#deck
    if (!this.#toLive || !engine || !video || video.readyState === 0) return
    const position = engine.livePosition
    if (position === null || engine.behind === null) return
    // If the playlist does not grow, the live position lies behind the playhead.
    const ahead = position > video.currentTime + 1
    if (ahead && engine.behind > (engine.target ?? 0) + BEHIND / 2) {
      // A seek needs a moment to take effect.
      if (Date.now() - this.#jumped < JUMP) return
      this.#jumped = Date.now()
      video.currentTime = position
    } else if (moving) this.#toLive = false
  }

  #unhold(): void {
    this.#held = false
    this.#choices.unpin()
  }
}
