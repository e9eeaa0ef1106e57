// Which tile plays a lower level when the machine drops frames, and when it may play a higher one again.

/** What a tile has drawn since its player opened, and what may be done about it. */
export interface Drawn {
  key: string
  /** px². */
  area: number
  frames: number
  dropped: number
  /** The height of the playing level, in px. */
  height: number
  focused: boolean
  /** Whether a lower level can be played. */
  canStepDown: boolean
  /** Whether a lower level is played than its size needs. */
  reduced: boolean
}

/** The ratio of dropped frames that calls for a lower level, over this many seconds, in at least so many of them. */
const TOO_MANY = 0.02
const WINDOW = 10
const SECONDS = 4
/** The ratio below which playback is quiet. */
const QUIET = 0.005
/** Fewer frames than this in a window say nothing. */
const ENOUGH = 50
/** How long a lower level takes to show an effect, because what is buffered plays first, in ms. */
const EFFECT = 15_000
/** How long playback must be quiet before a higher level is tried, in ms. It doubles, up to a limit, each time that this fails. */
const QUIET_FOR = 2 * 60_000
const QUIET_MOST = 16 * 60_000
/** A higher level that drops frames within this time has failed, in ms. */
const TRIAL = 60_000
/** Sizes that differ by less than this ratio count as equal. */
const EQUAL = 1.1

export interface Step {
  /** `none`: frames are dropped, but no tile can be lowered. */
  do: 'down' | 'up' | 'none'
  key: string
}

export class DecodeBudget {
  #before = new Map<string, { frames: number; dropped: number }>()
  #seconds: { frames: number; dropped: number }[] = []
  #notBefore = 0
  #quietSince = 0
  #quietFor = QUIET_FOR
  #raisedAt = -Infinity

  /** Call once a second with the tiles that can be seen; returns what to do. `now` in ms. */
  second(tiles: readonly Drawn[], now: number): Step | null {
    this.#count(tiles)
    if (this.#quietSince === 0) this.#quietSince = now
    const { frames, dropped } = this.#sum()
    if (this.#seconds.length < WINDOW || frames < ENOUGH) return null
    if (dropped / frames > QUIET) this.#quietSince = now
    if (now < this.#notBefore) return null
    const often = this.#seconds.filter((s) => s.dropped > 0).length >= SECONDS
    if (often && dropped / frames > TOO_MANY) return this.#down(tiles, now)
    if (now - this.#quietSince >= this.#quietFor) return this.#up(tiles, now)
    return null
  }

  /** Frames of a tile that has a new player are not compared with those of the old one. */
  #count(tiles: readonly Drawn[]): void {
    const second = { frames: 0, dropped: 0 }
    const before = this.#before
    this.#before = new Map(tiles.map((t) => [t.key, { frames: t.frames, dropped: t.dropped }]))
    for (const t of tiles) {
      const b = before.get(t.key)
      if (!b || t.frames < b.frames || t.dropped < b.dropped) continue
      second.frames += t.frames - b.frames
      second.dropped += t.dropped - b.dropped
    }
    this.#seconds = [...this.#seconds, second].slice(-WINDOW)
  }
  #sum() {
    const sum = { frames: 0, dropped: 0 }
    for (const s of this.#seconds) {
      sum.frames += s.frames
      sum.dropped += s.dropped
    }
    return sum
  }

  #down(tiles: readonly Drawn[], now: number): Step {
    if (now - this.#raisedAt < TRIAL) this.#quietFor = Math.min(2 * this.#quietFor, QUIET_MOST)
    this.#raisedAt = -Infinity
    this.#acted(now)
    const able = tiles.filter((t) => t.canStepDown)
    const smallest = Math.min(...able.map((t) => t.area))
    // Of tiles of one size, the focused one is lowered last; of the others, one with the most lines is next.
    const chosen = able
      .filter((t) => t.area <= smallest * EQUAL)
      .sort((a, b) => Number(a.focused) - Number(b.focused) || b.height - a.height)[0]
    return chosen ? { do: 'down', key: chosen.key } : { do: 'none', key: '' }
  }

  #up(tiles: readonly Drawn[], now: number): Step | null {
    const chosen = tiles.filter((t) => t.reduced).sort((a, b) => b.area - a.area || a.height - b.height)[0]
    if (!chosen) return null
    this.#raisedAt = now
    this.#acted(now)
    return { do: 'up', key: chosen.key }
  }

  #acted(now: number): void {
    this.#seconds = []
    this.#notBefore = now + EFFECT
    this.#quietSince = now
  }
}
