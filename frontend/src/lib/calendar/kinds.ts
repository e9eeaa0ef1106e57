import type { CalendarInfo, CalendarKind, CalendarSetting } from '../api'
import { seriesName } from './words'

/** The kinds that can be added, in plain words. */
export const KINDS: { value: CalendarKind; label: string }[] = [
  { value: 'jolpica', label: 'Formula 1, from Jolpica' },
  { value: 'f1calendar', label: 'A series, from f1calendar' },
  { value: 'ics', label: 'Any calendar: a link or a file (ICS)' },
]

/** What f1calendar has. */
export const F1CALENDAR = ['f1', 'f2', 'f3', 'f1-academy', 'fe', 'indycar', 'motogp']

/** What a calendar is called: by its user, else by what it is. */
export function calendarTitle(c: CalendarSetting): string {
  if (c.name) return c.name
  const series = c.series ? seriesName(c.series) : ''
  if (c.kind === 'ics') return series || 'Calendar'
  return series || (c.kind === 'demo' ? 'Demo' : 'F1')
}

/** Where it comes from: Jolpica, f1calendar, a host, a file. The rest of an address may be a secret. */
export function calendarPlace(c: CalendarSetting): string {
  if (c.copy) return 'a copy of a file'
  if (c.path) return c.path
  const own = { jolpica: 'Jolpica', f1calendar: 'f1calendar', ics: '', demo: 'made up' }[c.kind]
  if (!c.url) return own
  const host = /^\w+:\/\/(?:[^/@]*@)?([^/?#]+)/.exec(c.url)?.[1] ?? ''
  return own === '' ? host : `${own} at ${host}`
}

/** The setting of a calendar that is set already. */
export function settingOf({ kind, url, path, series, name, color, copy }: CalendarInfo): CalendarSetting {
  const all = { url, path, series, name, color, copy }
  return { kind, ...Object.fromEntries(Object.entries(all).filter(([, v]) => v)) }
}
