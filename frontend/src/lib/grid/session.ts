// The session of the wall, and its time as text. Pure.

import type { RaceEvent, Schedule, Session, SessionFeeds, Stream } from '../api'
import { MOST_TILES } from './arrange'
import type { WallSession } from './document'

/** The number of a session's feeds that are opened automatically. */
export const SESSION_TILES = 4

export type When = 'live' | 'upcoming' | 'past' | 'cancelled'

export interface Shown {
  event: RaceEvent
  session: Session
  when: When
}

/** The status by the current time: that of the server is as old as the fetched calendar. */
export function whenOf(s: Session, now: number): When {
  if (s.status === 'cancelled' || s.start === null) return s.status
  if (now < Date.parse(s.start)) return 'upcoming'
  if (s.over_time && s.status === 'live') return 'live'
  if (s.end !== null) return now < Date.parse(s.end) ? 'live' : 'past'
  return s.status === 'upcoming' ? 'live' : s.status
}

/** The session that the wall was opened for, unless it has ended; else the live one, else the next. */
export function sessionShown(
  schedule: Schedule | undefined,
  wall: WallSession | null,
  now: number,
): Shown | undefined {
  const all = (schedule?.events ?? []).flatMap((event) =>
    event.sessions.map((session) => ({ event, session, when: whenOf(session, now) })),
  )
  const start = (s: Shown) => (s.session.start === null ? Infinity : Date.parse(s.session.start))
  const ahead = (s: Shown) => s.when === 'live' || s.when === 'upcoming'
  return (
    all.find((s) => ahead(s) && s.event.id === wall?.event && s.session.name === wall.session) ??
    all.filter((s) => s.when === 'live').sort((a, b) => start(b) - start(a))[0] ??
    all.filter((s) => s.when === 'upcoming').sort((a, b) => start(a) - start(b))[0]
  )
}

/** The feeds that open for a session: the best live ones, or exactly those that a rule chooses. */
export function bestOf(of: SessionFeeds, most: number): Stream[] {
  // A rule opens exactly its feeds, including offline ones, whose tiles wait.
  if (of.rule?.chooses) return of.streams.slice(0, MOST_TILES)
  const up = of.streams.filter((s) => s.is_live !== false)
  return (up.length > 0 ? up : of.streams).slice(0, Math.min(most, MOST_TILES))
}

/** 00:23:41; with days: 2 d 04:10:00. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (v: number) => String(v).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const time = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map(two)
    .join(':')
  return days > 0 ? `${days} d ${time}` : time
}

/** The text of the clock beside a session: elapsed time, time left, or nothing. */
export function clockOf(s: Shown, now: number): { word: string; time: string } | undefined {
  if (s.session.start === null) return undefined
  const start = Date.parse(s.session.start)
  if (s.when === 'live') return { word: 'elapsed', time: span(now - start) }
  if (s.when === 'upcoming') return { word: 'starts in', time: span(start - now + 999) }
  return undefined
}
