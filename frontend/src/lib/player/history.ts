import { bounds, type Bounds } from './report'

// The last ten minutes of a tile, second by second, for its timeline.

/** How many seconds are kept, and how many marks. */
export const KEPT = 600
const MOST_MARKS = 200

/** The numbers of one second; null: unknown. */
export interface Second {
  /** ms since 1970. */
  at: number
  /** Seconds buffered. */
  buffer: number | null
  /** How far ahead of the others, in ms. */
  drift: number | null
  /** bit/s. */
  bitrate: number | null
}
/** Something that happened. */
export interface Mark {
  at: number
  text: string
  /** Whether it is a renewal of the token, which the charts show. */
  renewal?: boolean
}

/** What a tile says of itself once a second. */
export interface Observed extends Second {
  title: string
  status: 'starting' | 'playing' | 'paused' | 'waiting' | 'stopped'
  quality: string
  /** How often the token was renewed; null: unknown. */
  renewals: number | null
  frames: number
  dropped: number
}

/** Columns for a chart: times in s since 1970. */
export type Column = 'buffer' | 'drift' | 'bitrate'

const STATUS: Partial<Record<Observed['status'], string>> = {
  waiting: 'buffering',
  stopped: 'stopped',
  paused: 'paused',
}

export class History {
  // Numbers only, in rings of a fixed size; NaN: unknown.
  #rings: Record<'at' | Column, Float64Array> = {
    at: new Float64Array(KEPT),
    buffer: new Float64Array(KEPT),
    drift: new Float64Array(KEPT),
    bitrate: new Float64Array(KEPT),
  }
  #length = 0
  #next = 0
  #marks: Mark[] = []
  #last: Observed | undefined
  #stoppedAt = 0
  #frames = 0
  #dropped = 0

  /** Adds a second, and marks for what has changed since the last one. */
  add(now: Observed): void {
    const put = (ring: 'at' | Column, value: number | null) => (this.#rings[ring][this.#next] = value ?? NaN)
    put('at', now.at)
    put('buffer', now.buffer)
    put('drift', now.drift)
    put('bitrate', now.bitrate)
    this.#next = (this.#next + 1) % KEPT
    this.#length = Math.min(this.#length + 1, KEPT)
    if (this.#last) this.#compare(this.#last, now)
    this.#last = now
    const oldest = now.at - KEPT * 1000
    this.#marks = this.#marks.filter((m) => m.at >= oldest).slice(-MOST_MARKS)
  }

  #compare(before: Observed, now: Observed): void {
    const mark = (text: string) => this.#marks.push({ at: now.at, text })
    if (now.title !== before.title) mark(`changed to ${now.title}`)
    else if (now.renewals !== null && before.renewals !== null && now.renewals > before.renewals)
      this.#marks.push({ at: now.at, text: 'token renewed', renewal: true })
    if (now.quality !== before.quality && now.quality !== '') mark(`quality ${now.quality}`)
    if (now.status !== before.status) {
      const word = STATUS[now.status]
      if (word) mark(word)
      else if (now.status === 'playing' && before.status !== 'starting') {
        const seconds = Math.round((now.at - this.#stoppedAt) / 1000)
        mark(`playing again after ${seconds} s`)
      }
      if (before.status === 'playing') this.#stoppedAt = now.at
    }
    // The counters begin again with a new player, and in WebKit after a seek.
    if (now.frames >= before.frames && now.dropped >= before.dropped) {
      this.#frames += now.frames - before.frames
      this.#dropped += now.dropped - before.dropped
    }
  }

  /** How many seconds it has. */
  get length(): number {
    return this.#length
  }
  get marks(): readonly Mark[] {
    return this.#marks
  }
  /** Frames since the tile was opened, and how many of them were dropped. */
  get frames(): { all: number; dropped: number } {
    return { all: this.#frames, dropped: this.#dropped }
  }
  /** The last second. */
  get last(): Observed | undefined {
    return this.#last
  }

  /** The times, in ms since 1970, oldest first. */
  times(): number[] {
    return this.#read('at').map((v) => v ?? 0)
  }
  /** A column, oldest first. */
  column(name: Column): (number | null)[] {
    return this.#read(name)
  }
  /** The least, mean and largest value of a column; null if all are unknown. */
  bounds(name: Column): Bounds | null {
    return bounds(this.#read(name))
  }

  #read(ring: 'at' | Column): (number | null)[] {
    const start = (this.#next - this.#length + KEPT) % KEPT
    return Array.from({ length: this.#length }, (_, i) => {
      const value = this.#rings[ring][(start + i) % KEPT] ?? NaN
      return Number.isNaN(value) ? null : value
    })
  }
}
