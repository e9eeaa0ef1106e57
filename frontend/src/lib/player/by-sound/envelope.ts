import { RATE } from './correlate'

/** How much is kept, in s. */
const KEEP = 50
/** What a decoder starts with is too quiet, in s. */
const ONSET = 0.03

/** The loudness of a feed by media time. */
export class Envelope {
  #values = new Map<number, number>()
  #last = -Infinity

  /** Adds sound that begins at a media time (s). */
  add(samples: Float32Array, sampleRate: number, start: number): void {
    const from = Math.ceil((start + ONSET) * RATE)
    const to = Math.floor((start + samples.length / sampleRate) * RATE)
    // Another media time: what was there before does not count.
    if (to < this.#last - KEEP * RATE || from > this.#last + KEEP * RATE) this.#values.clear()
    this.#last = this.#values.size === 0 ? to - 1 : Math.max(this.#last, to - 1)
    const sample = (at: number) => Math.max(0, Math.round((at / RATE - start) * sampleRate))
    for (let at = from; at < to; at++) {
      const part = samples.subarray(sample(at), sample(at + 1))
      this.#values.set(at, Math.sqrt(part.reduce((sum, s) => sum + s * s, 0) / Math.max(1, part.length)))
    }
    for (const at of this.#values.keys()) if (at < this.#last - KEEP * RATE) this.#values.delete(at)
  }

  /** The last seconds, and the media time of the first value; undefined if there are fewer. */
  part(seconds: number): { from: number; values: Float32Array } | undefined {
    const from = this.#last + 1 - seconds * RATE
    const values = new Float32Array(seconds * RATE)
    let [known, before] = [0, 0]
    for (let i = 0; i < values.length; i++) {
      const v = this.#values.get(from + i)
      if (v !== undefined) known++
      values[i] = before = v ?? before
    }
    return known < values.length * 0.85 ? undefined : { from: from / RATE, values }
  }
}
