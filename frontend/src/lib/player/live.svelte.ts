import type { Choices } from './choices.svelte'
import type { OnDeck } from './deck'

/** Behind by this many seconds more than meant: worth a jump to the live picture. */
const BEHIND = 6
const BEHIND_LEAST = 12
/** Playing a bit further behind than meant is no room to give away, in s. */
const ROOM_SPARED = 1
/** So near to either end of what can be had nothing is sought, in s. */
const EDGE = 1
/** Between two jumps to the live picture, in ms. */
const JUMP = 4_000

/** What is told when somebody goes to another place. */
export interface Traveller {
  sought(): void
  wentLive(): void
}

/** Where a feed plays: at its live edge, behind it on purpose, or on its way back to it. */
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

  /** Whether somebody went back on purpose: it stays behind until it is told to go live. */
  get held(): boolean {
    return this.#held
  }
  /** Whether it plays so far behind that going live is worth a jump. */
  get late(): boolean {
    return this.#late
  }
  /** How many seconds nearer to the live edge it could play without stumbling. */
  get room(): number {
    const { behind = null, target = null } = this.#deck.engine ?? {}
    return this.#held || behind === null || target === null ? 0 : Math.max(0, behind - target - ROOM_SPARED)
  }
  /** Goes to the live picture at once, or as soon as it is known where that is. */
  go(): void {
    this.#unhold()
    const position = this.#deck.engine?.livePosition ?? null
    const { video } = this.#deck
    if (position !== null && video) video.currentTime = position
    this.#toLive = position === null
    this.#traveller.wentLive()
  }

  /** Goes to a second of the element, as far as it can be had; from the live picture on it is going live. */
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

  /** Goes back (−) or on by so many seconds, and never the other way: not past either end of what can be had. */
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

  /** What it shows has left the playlist while it was paused: on from the oldest that there still is. */
  intoWindow(): void {
    const { video, engine } = this.#deck
    const window = engine?.window ?? null
    if (!this.#held || !video || window === null || video.currentTime >= window.start) return
    video.currentTime = window.start + EDGE
  }

  /** Goes to a PROGRAM-DATE-TIME (ms); false if the feed has none or it lies outside of what can be had. */
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

  /** The picture has stopped, or will: on at the live picture then, unless somebody went back. */
  stopped(): void {
    this.#toLive = !this.#held
  }

  /** The machine slept: whatever was held is gone. */
  slept(): void {
    this.#unhold()
    this.#toLive = true
  }

  /** Nothing plays any more. */
  reset(): void {
    this.#unhold()
    this.#late = this.#toLive = false
  }

  /** To be called once a second with what was measured; `plays`: there is a picture, and somebody wants it to play. */
  second(behind: number | null, plays: boolean): void {
    const { engine } = this.#deck
    this.#late = behind !== null && behind > Math.max(BEHIND_LEAST, (engine?.target ?? 0) + BEHIND)
    if (!plays || !engine) return
    // It has come to the live picture by itself: what it played has left the playlist.
    if (this.#held && engine.behind !== null && engine.behind < (engine.target ?? 0) + BEHIND / 2)
      this.#unhold()
  }

  /** After a stop: on at the live picture rather than where it stood. */
  catchUp(moving: boolean): void {
    const { video, engine } = this.#deck
    if (!this.#toLive || !engine || !video || video.readyState === 0) return
    const position = engine.livePosition
    if (position === null || engine.behind === null) return
    // A playlist that stands still has its live position behind what has been seen.
    const ahead = position > video.currentTime + 1
    if (ahead && engine.behind > (engine.target ?? 0) + BEHIND / 2) {
      // One jump needs a moment to bear fruit.
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
