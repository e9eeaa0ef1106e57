import { vi } from 'vitest'
import { Sync } from '../lib/player/sync.svelte'
import type { Tile } from '../lib/player/tile.svelte'

// Live feeds for tests of synchronisation: simulated players with fake timers. The truth is known, so that a test measures
// how far apart the pictures are, and not what the program believes.

/** How finely time passes, in ms. */
const STEP = 50

export interface FeedOptions {
  /** How far the live position is behind what is filmed, in s. */
  latency: number
  /** How long a seek takes until the picture moves, in ms. */
  seeking?: () => number
  /** The error of a reading of the position, in ms. */
  noise?: () => number
  /** What the feed says about what was filmed at a date (ms); by default the truth. null: nothing. */
  says?: (date: number) => number | null
  /** How fast its clock runs. */
  clock?: number
  /** How long after it grew its playlist is loaded, in s: its live position seems to be so much earlier. */
  stale?: number
  /** What a change of the rate shifts the picture by, in ms, as in WebKit. */
  stutter?: number
  /** How far its playlist reaches back from what was filmed last, in s, in whole segments of 2 s; by default without end. */
  reach?: () => number
}

let keys = 0

/** A live feed that plays. Media times are seconds since the test began, until it gets a new engine. */
export class LiveFeed {
  readonly key = `feed-${++keys}`
  readonly options: FeedOptions
  at: number
  rate = 1
  seeks = 0
  changes = 0
  drift: number | null = null
  note = ''
  timeShifted = false
  sought = 0
  common: () => number | null = () => null
  run = 0
  /** What its media times are beyond the seconds since the test began, in s. */
  #base = 0
  /** Until when it loads, in ms. */
  #busy = 0
  #paused = false
  #began = now()

  constructor(options: FeedOptions) {
    this.options = options
    this.at = this.position
  }

  /** When it was filmed what it shows, in ms. */
  get date(): number {
    return this.#began + this.at * 1000
  }
  get position(): number {
    return (now() - this.#began) / 1000 - this.options.latency
  }
  /** The start of its playlist, which moves by whole segments. */
  get start(): number {
    const reach = this.options.reach?.() ?? Infinity
    return reach === Infinity ? -Infinity : Math.ceil((now() - this.#began) / 2000) * 2 - reach
  }
  get plays(): boolean {
    return !this.#paused && now() >= this.#busy
  }
  /** Whether it may be sought, as in WebKitGTK: it has played for a while. */
  get rolls(): boolean {
    return !this.#paused && now() >= this.#busy + ROLLING
  }
  pass(ms: number): void {
    if (this.plays) this.at += (ms / 1000) * this.rate * (this.options.clock ?? 1)
  }
  /** The picture stands still, and goes on where it stopped. */
  stall(ms: number): void {
    this.#busy = now() + ms
  }
  /** It gets a new engine, whose media times are others, and plays at its live position. */
  restart(): void {
    this.run++
    this.#base += 1000
    this.at = this.position
    this.#busy = now() + 500
  }
  pause(on: boolean): void {
    this.#paused = on
  }
  seek(at: number): void {
    this.at = at
    this.seeks++
    this.#busy = now() + (this.options.seeking?.() ?? 200)
  }
  /** The user seeks. */
  userSeeks(seconds: number): void {
    this.timeShifted = true
    this.sought++
    this.seek(this.at + seconds)
  }

  /** The part of a tile that Sync uses. */
  get tile(): Tile {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the getters below have a this of their own
    const feed = this
    const live = {
      get timeShifted() {
        return feed.timeShifted
      },
      get sought() {
        return feed.sought
      },
      get position() {
        return feed.position - (feed.options.stale ?? 0) + feed.#base
      },
      get start() {
        const { start } = feed
        return start === -Infinity ? null : start + feed.#base
      },
      slack: 2,
      set common(f: () => number | null) {
        feed.common = f
      },
      shift(seconds: number) {
        if (!feed.rolls) throw new Error('sought while it does not roll')
        if (feed.at + seconds > feed.position + 5 || feed.at + seconds < feed.start) return false
        feed.seek(feed.at + seconds)
        return true
      },
      goLive(at?: number) {
        feed.timeShifted = false
        feed.sought++
        feed.seek(at === undefined ? feed.position : at - feed.#base)
      },
    }
    const player = {
      get reading() {
        if (!feed.plays) return null
        const date = (feed.options.says ?? ((d) => d))(feed.date)
        const media = feed.at + feed.#base + (feed.options.noise?.() ?? 0) / 1000
        return {
          media,
          date: date === null ? null : date + (media - feed.#base - feed.at) * 1000,
          behind: feed.position - feed.at,
        }
      },
      get run() {
        return feed.run
      },
      get rolls() {
        return feed.rolls
      },
      setRate(rate: number) {
        if (rate === feed.rate) return
        feed.rate = rate
        feed.changes++
        feed.at -= (feed.options.stutter ?? 0) / 1000
      },
      live,
    }
    return {
      key: this.key,
      title: this.key,
      offset: 0,
      setDrift: (ms: number | null) => (feed.drift = ms),
      setStepNote: (text: string) => (feed.note = text),
      player,
    } as unknown as Tile
  }
}

/** How long a feed must play until it counts as rolling, in ms. */
const ROLLING = 800

const now = () => performance.timeOrigin + performance.now()

/** The feeds of a wall, and its synchronisation. */
export class World {
  readonly feeds: LiveFeed[]
  readonly sync: Sync
  #tiles: Tile[]

  /** The delay that the user wants, and how far the server's clock is ahead, in ms. */
  wanted: number | null = null
  ahead = 0

  constructor(...feeds: LiveFeed[]) {
    this.feeds = feeds
    this.#tiles = feeds.map((f) => f.tile)
    this.sync = new Sync(() => this.#tiles, { wanted: () => this.wanted, ahead: () => this.ahead })
    this.sync.start()
  }
  add(feed: LiveFeed): void {
    this.feeds.push(feed)
    this.#tiles.push(feed.tile)
  }
  remove(feed: LiveFeed): void {
    this.#tiles = this.#tiles.filter((t) => t.key !== feed.key)
  }
  /** Lets time pass; calls `each` after each step. */
  async pass(seconds: number, each: () => void = () => undefined): Promise<void> {
    for (let ms = 0; ms < seconds * 1000; ms += STEP) {
      await vi.advanceTimersByTimeAsync(STEP)
      this.feeds.forEach((f) => f.pass(STEP))
      each()
    }
  }
  /** How far behind the server's clock the picture of a feed is, in ms. */
  behind(feed: LiveFeed): number {
    return now() + this.ahead - feed.date
  }
  /** How far apart the pictures of these feeds are, in ms. */
  apart(...feeds: LiveFeed[]): number {
    const dates = (feeds.length > 0 ? feeds : this.feeds).map((f) => f.date)
    return Math.max(...dates) - Math.min(...dates)
  }
}

/** Random numbers that are the same in each run, from 0 to 1. */
export function random(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
