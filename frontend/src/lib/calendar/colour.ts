import type { RaceEvent } from '../api'

/** The named colours of calendars, in shades that work on light and dark backgrounds. */
export const TONES: Record<string, string> = {
  red: '#cf5a52',
  orange: '#c9762f',
  yellow: '#a98a1f',
  green: '#4c9a5f',
  teal: '#2f9a98',
  blue: '#4d83d1',
  purple: '#8d6fd1',
  pink: '#c7649f',
  brown: '#97704f',
  grey: '#7f8791',
}

/** The default colours of series. */
const OWN: Record<string, string> = {
  f1: 'red',
  f2: 'blue',
  f3: 'grey',
  'f1-academy': 'pink',
  fe: 'teal',
  indycar: 'orange',
  motogp: 'purple',
  wec: 'green',
}

/** The colour of a calendar for CSS; that of its series if none was chosen. */
export function tone(color: string | undefined, series: string): string {
  if (color?.startsWith('#')) return color
  const words = Object.keys(TONES)
  const known = color || OWN[series.toLowerCase()]
  let sum = 0
  for (const c of series) sum = (sum * 31 + (c.codePointAt(0) ?? 0)) % 9973
  return TONES[known ?? words[sum % words.length] ?? 'grey'] ?? 'var(--grey)'
}

/** The colour of each series: that of its first event with a colour. */
export function seriesTones(events: readonly RaceEvent[]): Map<string, string> {
  const chosen = new Map<string, string | undefined>()
  for (const e of events) if (!chosen.get(e.series)) chosen.set(e.series, e.color)
  return new Map([...chosen].map(([series, color]) => [series, tone(color, series)]))
}
