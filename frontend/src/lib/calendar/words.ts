import type { RaceEvent, Session, Stream } from '../api'
import { date, dayNumber, days, offset, when, clock } from '../time/format'
import { ownZone, trackZone } from '../time/zones'
import { isCancelled, isDated, isOverTime, isSprint, spanOf, startOf, statusAt } from './season'

/** The values of `ui.clock`. */
export type ClockMode = 'local' | 'track' | 'utc'

const SERIES: Record<string, string> = {
  f1: 'F1',
  f2: 'F2',
  f3: 'F3',
  'f1-academy': 'F1 Academy',
  fe: 'Formula E',
  indycar: 'IndyCar',
  motogp: 'MotoGP',
  moto2: 'Moto2',
  moto3: 'Moto3',
  wec: 'WEC',
  imsa: 'IMSA',
  dtm: 'DTM',
  wsbk: 'WorldSBK',
  nascar: 'NASCAR',
  demo: 'Demo',
  ics: 'Calendar',
}

/** The name of a series as fans write it. Calendars use various names: f1, World RX. */
export function seriesName(series: string): string {
  const known = SERIES[series.toLowerCase()]
  if (known) return known
  if (/[A-Z]/.test(series)) return series
  if (series.length <= 4) return series.toUpperCase()
  return series.replace(
    /(^|[-_ ])(\p{L})/gu,
    (_, gap: string, l: string) => (gap ? ' ' : '') + l.toUpperCase(),
  )
}

/** The zone in which an event's times are shown. */
export function zoneOf(mode: ClockMode, e: RaceEvent): string {
  if (mode === 'track') return trackZone(e).zone
  return mode === 'utc' ? 'UTC' : ownZone()
}

/** The time zone shown with an event; "" if all events have the same. */
export function zoneNote(mode: ClockMode, e: RaceEvent): string {
  if (mode !== 'track') return ''
  const { zone, known } = trackZone(e)
  return known ? offset(spanOf(e)?.to ?? Date.now(), zone) : 'UTC (track’s zone unknown)'
}

/** Lusail · 27–29 Nov · sprint: place and dates of an event. */
export function eventFacts(e: RaceEvent, mode: ClockMode, now: number, withSeries: boolean): string[] {
  const span = spanOf(e)
  return [
    e.locality || e.country || e.circuit,
    // A day without a time is the same in every zone.
    span ? days(span.from, span.to, isDated(e) ? 'UTC' : zoneOf(mode, e), now) : 'dates to be announced',
    withSeries ? seriesName(e.series) : '',
    isSprint(e) ? 'sprint' : '',
    isCancelled(e) ? 'cancelled' : '',
    e.overridden ? 'overridden' : '',
    zoneNote(mode, e),
  ].filter((s) => s !== '')
}

/** Lusail International Circuit, Lusail, Qatar: each once. */
export const placeLine = (e: RaceEvent): string =>
  [...new Set([e.circuit, e.locality, e.country])].filter((s) => s !== '').join(', ')

/** R22; "" if the calendar has no rounds. */
export const roundWord = (e: RaceEvent): string => (e.round > 0 ? `R${e.round}` : '')

/** The text under a session's name in its cell. */
export function sessionWord(s: Session, zone: string, now: number): string {
  const start = startOf(s)
  switch (statusAt(s, now)) {
    case 'past':
      return 'over'
    case 'live':
      return 'live'
    case 'cancelled':
      return 'cancelled'
    default:
      if (start !== undefined) return when(start, zone, now)
      return s.date ? dayWord(s.date, now) : 'time to be announced'
  }
}

/** "Sun 8 Mar" for 2026-03-08. */
const dayWord = (day: string, now: number): string => date(Date.parse(`${day}T12:00:00Z`), 'UTC', now)

/** Further notes on a session: time to be announced, overrunning, moved from Sat 14:00, overridden. */
export function sessionNotes(s: Session, zone: string, now: number): string[] {
  const notes = isOverTime(s, now) ? ['overrunning'] : []
  if (s.date && s.status === 'upcoming') notes.push('time to be announced')
  if (s.moved_from) notes.push(`moved from ${earlier(Date.parse(s.moved_from), startOf(s), zone, now)}`)
  if (s.in_doubt) notes.push('date in doubt')
  if (s.overridden) notes.push('overridden')
  return notes
}

/** A former time, as short as the new one allows: 14:00 on the same day, Sat 14:00 in the same week. */
function earlier(from: number, to: number | undefined, zone: string, now: number): string {
  const apart = to === undefined ? Infinity : Math.abs(dayNumber(to, zone) - dayNumber(from, zone))
  if (apart === 0) return clock(from, zone)
  const day = date(from, zone, now)
  return `${apart < 7 ? (day.split(' ')[0] ?? '') : day} ${clock(from, zone)}`
}

/** The calendar of these series: F1 calendar; F1 and WEC calendars. */
export function calendarWords(series: readonly string[]): string {
  const names = series.map(seriesName)
  const last = names.pop()
  if (last === undefined) return 'Calendar'
  if (names.length > 3) return `${names.length + 1} calendars`
  return names.length === 0 ? `${last} calendar` : `${names.join(', ')} and ${last} calendars`
}

/** Season 2026; Seasons 2026–2027; Season if the calendar names none. */
export function seasonWords(seasons: readonly string[]): string {
  const named = [...new Set(seasons)].filter((s) => s !== '').sort()
  if (named.length > 1) return `Seasons ${named[0]}–${named.at(-1)}`
  return named[0] === undefined ? 'Season' : `Season ${named[0]}`
}

/** How many of a session's feeds play: as text, and as a number. */
export function feedWords(streams: readonly Pick<Stream, 'is_live'>[]): { text: string; ready: number } {
  const n = streams.length
  const ready = streams.filter((s) => s.is_live === true).length
  const feeds = (m: number) => `${m} ${m === 1 ? 'feed' : 'feeds'}`
  if (n === 0) return { text: 'no feeds found yet', ready }
  if (ready === n) return { text: `${feeds(n)} ready`, ready }
  if (ready > 0) return { text: `${ready} of ${feeds(n)} ready`, ready }
  const unchecked = streams.some((s) => s.is_live === null)
  return { text: `${feeds(n)}, ${unchecked ? 'not checked yet' : 'none playing'}`, ready }
}
