import { describe, expect, it } from 'vitest'
import { correlate, RATE } from './correlate'

/** A repeatable sequence of numbers from 0 to 1. */
function random(seed: number): () => number {
  let s = seed
  return () => {
    s = (s * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return s / 4_294_967_296
  }
}
/** The envelope of something like speech: syllables of changing length and loudness, with pauses. */
function speech(seconds: number, seed: number): Float32Array {
  const [next, out] = [random(seed), new Float32Array(seconds * RATE)]
  for (let at = 0; at < out.length;) {
    const [length, level, pause] = [5 + next() * 25, 0.1 + next(), next() < 0.2 ? next() * 80 : next() * 12]
    for (let i = 0; i < length && at + i < out.length; i++)
      out[Math.floor(at + i)] = level * Math.sin((Math.PI * i) / length)
    at += Math.ceil(length + pause)
  }
  return out
}
const WHOLE = speech(120, 1)
const part = (from: number, seconds = 45) =>
  WHOLE.slice(Math.round(from * RATE), Math.round((from + seconds) * RATE))
const noisy = (e: Float32Array, level: number, loudness = 1) => {
  const next = random(9)
  return e.map((v) => loudness * v + level * next())
}

describe('a common sound', () => {
  it.each([0, 0.05, 1.23, -7.4, 12.34, 19.9, -19.9])('is found within 50 ms, %s s apart', (shift) => {
    const match = correlate(part(30), part(30 + shift))
    expect(Math.abs((match?.shift ?? 99) - shift)).toBeLessThan(0.05)
    expect(match?.confidence).toBeGreaterThan(0.9)
  })
  it('is found with noise, and at another loudness', () => {
    const match = correlate(
      noisy(part(30), 0.15),
      noisy(part(35.5), 0.15, 0.2).map((v) => v * 0.05),
    )
    expect(Math.abs((match?.shift ?? 99) - 5.5)).toBeLessThan(0.05)
  })
})

describe('nothing is found', () => {
  it.each([2, 3, 4, 5, 6, 7, 8, 9])('for unrelated sound (%s)', (seed) => {
    expect(correlate(part(30), speech(45, seed))).toBeNull()
  })
  it('for silence, noise alone, or too little', () => {
    expect(correlate(part(30), new Float32Array(4500))).toBeNull()
    expect(correlate(part(30), new Float32Array(4500).fill(0.3))).toBeNull()
    expect(correlate(noisy(new Float32Array(4500), 1), part(30))).toBeNull()
    expect(correlate(part(30, 15), part(30, 15))).toBeNull()
    expect(correlate(new Float32Array(0), part(30))).toBeNull()
    expect(correlate(part(30), part(30).fill(NaN))).toBeNull()
  })
  it('for a sound that repeats, because any repetition would do', () => {
    const ticks = new Float32Array(4500).map((_, i) => (i % 200 < 10 ? 1 : 0))
    expect(correlate(ticks, ticks)).toBeNull()
  })
})
