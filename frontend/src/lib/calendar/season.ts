import type { RaceEvent, Session, SessionStatus } from '../api'

/** A session and the event it belongs to. */
export interface Slot {
  event: RaceEvent
  session: Session
}

/** The grouping of the season: one list by date, or a list for each series. */
export type Grouping = 'series' | 'date'

/** A section of the season. */
export interface Section {
  key: string
  /** "" if it contains all series. */
  series: string
  season: string
  over: RaceEvent[]
  coming: RaceEvent[]
}

export const startOf = (s: Session): number | undefined =>
  s.start === null ? undefined : Date.parse(s.start)
export const endOf = (s: Session): number | undefined => (s.end === null ? undefined : Date.parse(s.end))

/** The status of a session at `now`, without waiting for the server. */
export function statusAt(s: Session, now: number): SessionStatus {
  const start = startOf(s)
  if (s.status === 'cancelled' || start === undefined) return s.status
  if (now < start) return 'upcoming'
  if (s.in_doubt) return now < (endOf(s) ?? start) ? 'upcoming' : 'past'
  // Its feeds continue; the server reports when they stop.
  if (s.over_time && s.status === 'live') return 'live'
  return now < (endOf(s) ?? start) ? 'live' : 'past'
}

/** Whether a session runs past its planned end. */
export const isOverTime = (s: Session, now: number): boolean =>
  s.over_time === true && statusAt(s, now) === 'live' && now >= (endOf(s) ?? Infinity)

/** Noon of a session's day if only the day is known; undefined otherwise. */
const noonOf = (s: Session): number | undefined =>
  s.start === null && s.date ? Date.parse(`${s.date}T12:00:00Z`) : undefined

const slots = (events: readonly RaceEvent[]): Slot[] =>
  events.flatMap((event) => event.sessions.map((session) => ({ event, session })))

/** All live sessions; the one that began last comes first. */
export const liveAt = (events: readonly RaceEvent[], now: number): Slot[] =>
  slots(events)
    .filter((p) => statusAt(p.session, now) === 'live')
    .sort((a, b) => (startOf(b.session) ?? 0) - (startOf(a.session) ?? 0))

/** The next session with a known time. */
export function nextAt(events: readonly RaceEvent[], now: number): Slot | undefined {
  let next: Slot | undefined
  for (const slot of slots(events)) {
    const start = startOf(slot.session)
    if (start === undefined || slot.session.in_doubt || statusAt(slot.session, now) !== 'upcoming') continue
    if (next === undefined || start < (startOf(next.session) ?? 0)) next = slot
  }
  return next
}

/** The next session of the same event. */
export const following = (slot: Slot, now: number): Session | undefined =>
  nextAt([slot.event], Math.max(now, startOf(slot.session) ?? 0))?.session

/** Whether all sessions of an event are past. A cancelled one is past when its time has passed. */
export function isOver(event: RaceEvent, now: number): boolean {
  let passed = false
  for (const s of event.sessions) {
    const end = endOf(s) ?? startOf(s)
    const status = statusAt(s, now)
    if (status === 'live' || status === 'upcoming') return false
    if (status === 'cancelled' && end !== undefined && end > now) return false
    passed ||= status === 'past' || end !== undefined
  }
  return passed
}

export const isSprint = (e: RaceEvent): boolean => e.sessions.some((s) => s.type === 'sprint')

/** Whether all sessions of an event are cancelled. */
export const isCancelled = (e: RaceEvent): boolean =>
  e.sessions.length > 0 && e.sessions.every((s) => s.status === 'cancelled')

/** Whether no session of an event has a known time. */
export const isDated = (e: RaceEvent): boolean => e.sessions.every((s) => s.start === null)

/**
 * The time from the start of the first session to that of the last, using noon if only a day is known; undefined if no
 * session has a date. Sessions whose date is in doubt count only if all are.
 */
export function spanOf(e: RaceEvent): { from: number; to: number } | undefined {
  const sure = e.sessions.filter((s) => !s.in_doubt)
  const starts = (sure.length > 0 ? sure : e.sessions)
    .map((s) => startOf(s) ?? noonOf(s))
    .filter((t) => t !== undefined)
  return starts.length === 0 ? undefined : { from: Math.min(...starts), to: Math.max(...starts) }
}

/** Every series, in the order in which the calendar first names it. */
export const seriesOf = (events: readonly RaceEvent[]): string[] => [...new Set(events.map((e) => e.series))]

function seasonOf(e: RaceEvent): string {
  if (e.season !== '') return e.season
  const span = spanOf(e)
  return span ? String(new Date(span.from).getUTCFullYear()) : ''
}

/** The season in sections: those with live or upcoming events first, past ones last. */
export function sections(events: readonly RaceEvent[], now: number, grouping: Grouping): Section[] {
  const all = new Map<string, Section>()
  for (const e of events) {
    const series = grouping === 'series' ? e.series : ''
    const season = seasonOf(e)
    const key = `${series} ${season}`
    const section = all.get(key) ?? { key, series, season, over: [], coming: [] }
    all.set(key, section)
    ;(isOver(e, now) ? section.over : section.coming).push(e)
  }
  const begins = (s: Section) => {
    const first = s.coming.map(spanOf).find((span) => span !== undefined)
    return first?.from ?? Infinity
  }
  const order = new Map([...all.values()].map((s) => [s.key, begins(s)]))
  return [...all.values()].sort((a, b) => {
    const [x, y] = [order.get(a.key) ?? 0, order.get(b.key) ?? 0]
    return x === y ? 0 : x - y
  })
}

/** The instants at which sessions begin or end, sorted. Between two of them, no status changes. */
export const edges = (events: readonly RaceEvent[]): number[] =>
  slots(events)
    .flatMap((p) => [startOf(p.session), endOf(p.session)])
    .filter((t) => t !== undefined)
    .sort((a, b) => a - b)
