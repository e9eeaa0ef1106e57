import type { CalendarInfo, CalendarKind, CalendarSetting } from '../api'
import { seriesName } from './words'

/** The kinds that can be added, with their descriptions. */
export const KINDS: { value: CalendarKind; label: string }[] = [
  { value: 'jolpica', label: 'Formula 1, from Jolpica' },
  { value: 'f1calendar', label: 'A series, from f1calendar' },
  { value: 'ics', label: 'Any calendar: a link or a file (ICS)' },
]

/** The series that f1calendar offers. */
export const F1CALENDAR = ['f1', 'f2', 'f3', 'f1-academy', 'fe', 'indycar', 'motogp']

/** The name of a calendar: the one that the user gave, else one for its kind. */
export function calendarTitle(c: CalendarSetting): string {
  if (c.name) return c.name
  const series = c.series ? seriesName(c.series) : ''
  if (c.kind === 'ics') return series || 'Calendar'
  return series || (c.kind === 'demo' ? 'Demo' : 'F1')
}

/** Where a calendar comes from: Jolpica, f1calendar, a host or a file. The rest of an address may be secret. */
export function calendarPlace(c: CalendarSetting): string {
  if (c.copy) return 'copied file'
  if (c.path) return c.path
  const own = { jolpica: 'Jolpica', f1calendar: 'f1calendar', ics: '', demo: 'built in' }[c.kind]
  if (!c.url) return own
  const host = /^\w+:\/\/(?:[^/@]*@)?([^/?#]+)/.exec(c.url)?.[1] ?? ''
  return own === '' ? host : `${own} at ${host}`
}

/** The setting that a listed calendar was configured with. */
export function settingOf({ kind, url, path, series, name, color, copy }: CalendarInfo): CalendarSetting {
  const all = { url, path, series, name, color, copy }
  return { kind, ...Object.fromEntries(Object.entries(all).filter(([, v]) => v)) }
}
