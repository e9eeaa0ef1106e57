import type { Step, Stream, Trial } from '../api'
import { feeds } from './health'

/** The result of a dry run, as it is shown and copied. */
export interface Tried {
  name: string
  kind: string
  at: Date
  /** ms */
  took: number
  trial: Trial
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`
  const units = ['kB', 'MB', 'GB']
  let v = n / 1000
  let unit = 0
  while (v >= 999.5 && unit < units.length - 1) {
    v /= 1000
    unit++
  }
  return `${v < 10 ? v.toFixed(1) : v.toFixed(0)} ${units[unit]}`
}

export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

/** The outcome of a step, without its error: "answered 200, 1.2 kB, 14 ms", "file list.m3u: 84 B, 0 ms", "find: 4". */
export function outcome(st: Step): string {
  if (st.method === '') {
    // The name of a file is enough: its folder is private.
    const what = st.what === 'file' ? `file ${st.url.split(/[\\/]/).pop()}` : st.what
    const came = st.bytes > 0 || st.duration_ms > 0
    const did = came ? `${bytes(st.bytes)}, ${duration(st.duration_ms)}` : String(st.yield)
    if (what === '') return did
    return st.error !== '' && !came ? what : `${what}: ${did}`
  }
  const parts = st.status > 0 ? [`answered ${st.status}`, bytes(st.bytes)] : ['no answer']
  return [...parts, duration(st.duration_ms)].join(', ')
}

export const liveWord = (s: Stream): string =>
  s.is_live === null ? 'not checked' : s.is_live ? 'live' : 'not live'

/** The host only: paths and queries of feeds contain tokens. */
function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return ''
  }
}

/** The dry run as plain text, to share. The server has redacted everything that could be a token. */
export function reportText(t: Tried): string {
  const { trial } = t
  const lines = [
    `Gridwall dry run: ${trial.name ?? t.name} (${t.kind}), ${t.at.toISOString()}, ${duration(t.took)}`,
    '',
    'Steps',
  ]
  for (const st of trial.steps) {
    const what = st.method === '' ? '' : `${st.method} ${st.url} `
    lines.push(`  ${what}${outcome(st)}${st.error === '' ? '' : `; ${st.error}`}`)
  }
  if (trial.steps.length === 0) lines.push('  none')
  if (trial.error !== null) lines.push('', `Failed: ${trial.error}`)
  lines.push('', `Found ${feeds(trial.count)}`)
  for (const s of trial.streams) {
    lines.push(
      `  ${[s.title === '' ? 'untitled' : s.title, s.quality, liveWord(s), hostOf(s.url)].filter((p) => p !== '').join(', ')}`,
    )
  }
  // One line each: a line break in a site's text would start a new one.
  return lines.map((l) => l.replace(/[\r\n]+/g, ' ') + '\n').join('')
}
