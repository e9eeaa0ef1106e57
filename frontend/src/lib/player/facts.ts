import { offsetWords } from '../offsets/offsets'
import type { Known } from './tile.svelte'
import type { Stats } from './types'

/** "5.8 Mb/s"; below one megabit "238 kb/s". */
export function megabits(bitrate: number): string {
  if (bitrate < 999_500) return `${Math.round(bitrate / 1000)} kb/s`
  return `${(bitrate / 1_000_000).toFixed(1)} Mb/s`
}

/** One fact in the line under a picture: a word, a number, a unit. */
export interface Fact {
  /** Its label, which is also its key. */
  name: 'rate' | 'buffer' | 'live' | 'drift' | 'step' | 'dropped'
  word: string
  value: string
  unit: string
}

const MINUS = '−'
const signed = (n: number, digits: number): string => {
  const text = Math.abs(n).toFixed(digits)
  if (Number(text) === 0) return text
  return (n < 0 ? MINUS : '+') + text
}

/** A length of time as a clock: 0:21, 12:05, 1:02:03. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

/** How long ago, in the largest fitting unit: "9 s", "4 min", "2 h". */
export function ago(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  if (s < 100) return `${s} s`
  if (s < 6000) return `${Math.round(s / 60)} min`
  return `${Math.round(s / 3600)} h`
}

/** A drift in ms as a fact: milliseconds while they are few, seconds when they are many. */
function drifted(ms: number): Pick<Fact, 'value' | 'unit'> {
  if (Math.abs(ms) < 1000) return { value: signed(Math.round(ms / 10) * 10, 0), unit: 'ms' }
  return { value: signed(ms / 1000, 1), unit: 's' }
}

/** The step of a tile: how its place among the others is known, and its offset in ms. */
export interface Step {
  known: Known
  offset: number
}

/** The known facts of a tile. drift in ms; null: not compared with others. */
export function factsOf(stats: Stats, drift: number | null, step: Step = { known: '', offset: 0 }): Fact[] {
  const facts: Fact[] = []
  if (stats.bitrate > 0) {
    const [value = '', unit = ''] = megabits(stats.bitrate).split(' ')
    facts.push({ name: 'rate', word: '', value, unit })
  }
  facts.push({ name: 'buffer', word: 'buffer', value: stats.buffer.toFixed(1), unit: 's' })
  if (stats.behind !== null) {
    const far = stats.behind >= 100
    const value = far ? MINUS + clock(stats.behind) : signed(-stats.behind, 1)
    facts.push({ name: 'live', word: 'live', value, unit: far ? '' : 's' })
  }
  if (drift !== null) facts.push({ name: 'drift', word: 'drift', ...drifted(drift) })
  const { known, offset } = step
  if (known !== '' || offset !== 0)
    facts.push({
      name: 'step',
      word: 'step',
      value: known,
      unit: offset === 0 ? '' : offsetWords(offset),
    })
  facts.push({ name: 'dropped', word: 'dropped', value: String(stats.dropped), unit: '' })
  return facts
}
