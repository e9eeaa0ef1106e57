import { megabits } from './facts'
import type { Column, History } from './history'

/** The least, mean and largest of some values. */
export interface Bounds {
  least: number
  mean: number
  most: number
}

export function bounds(values: readonly (number | null)[]): Bounds | null {
  const known = values.filter((v) => v !== null)
  if (known.length === 0) return null
  let [least, most, sum] = [Infinity, -Infinity, 0]
  for (const v of known) {
    least = Math.min(least, v)
    most = Math.max(most, v)
    sum += v
  }
  return { least, mean: sum / known.length, most }
}

/** The columns of a timeline with their units. */
export const COLUMNS: { name: Column; title: string; words: (v: number) => string }[] = [
  { name: 'buffer', title: 'Buffer', words: (v) => `${v.toFixed(1)} s` },
  { name: 'drift', title: 'Drift', words: (v) => `${Math.round(v)} ms`.replace('-', '−') },
  { name: 'bitrate', title: 'Bitrate', words: megabits },
]

/** A column in words: "Buffer: 3.2 s at least, 6.1 s on average, 8.0 s at most". */
export function columnWords(history: History, { name, title, words }: (typeof COLUMNS)[number]): string {
  const b = history.bounds(name)
  if (!b) return `${title}: unknown`
  return `${title}: ${words(b.least)} at least, ${words(b.mean)} on average, ${words(b.most)} at most`
}

/** Every how many seconds the report has a line of numbers. */
const EVERY = 30

const clock = (at: number) => new Date(at).toISOString().slice(11, 19)

/**
 * A tile's last ten minutes as text, for a message to someone who looks into a problem. It has no tokens and no addresses: only
 * titles, numbers and words of ours.
 */
export function report(history: History, about: string, version: string): string {
  const times = history.times()
  const { last } = history
  if (!last || times.length === 0) return `Gridwall ${version}: nothing has played yet.\n`
  const { all, dropped } = history.frames
  const lines = [
    `Gridwall ${version}, timeline of ${last.title}${about === '' ? '' : ` (${about})`}`,
    `${new Date(times[0] ?? 0).toISOString().slice(0, 19).replace('T', ' ')} to ${clock(times.at(-1) ?? 0)} UTC, ${times.length} s`,
    `State: ${last.status}, quality ${last.quality || 'unknown'}`,
    ...COLUMNS.map((c) => columnWords(history, c)),
    `Frames: ${all}, dropped ${dropped} (${((100 * dropped) / Math.max(1, all)).toFixed(2)} %)`,
    `Renewals: ${history.marks.filter((m) => m.renewal).length}`,
    '',
    'Events:',
    ...(history.marks.length === 0 ? ['none'] : history.marks.map((m) => `${clock(m.at)} ${m.text}`)),
    '',
    'Time      buffer    drift       bitrate',
  ]
  const columns = COLUMNS.map((c) => ({ ...c, values: history.column(c.name) }))
  for (let i = (times.length - 1) % EVERY; i < times.length; i += EVERY) {
    const cells = columns.map((c) => {
      const v = c.values[i] ?? null
      return v === null ? '–' : c.words(v)
    })
    lines.push(
      [clock(times[i] ?? 0).padEnd(9), ...cells.map((c, n) => c.padEnd([9, 11, 0][n] ?? 0))]
        .join(' ')
        .trimEnd(),
    )
  }
  return lines.join('\n') + '\n'
}
