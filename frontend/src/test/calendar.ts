import type { RaceEvent, Session, SessionType } from '$lib/api'

// For tests: sessions and events of which a test sets only the fields that it is about.

const HOUR = 3_600_000

/** A session of one hour; start is null if its time is unknown. */
export function session(type: SessionType, start: string | null, change: Partial<Session> = {}): Session {
  const end = start === null ? null : new Date(Date.parse(start) + HOUR).toISOString()
  return { type, name: type, start, end, status: 'upcoming', ...change }
}

export function event(id: string, sessions: Session[], change: Partial<RaceEvent> = {}): RaceEvent {
  return {
    id,
    series: 'f1',
    season: '2026',
    round: 1,
    name: `${id} Grand Prix`,
    circuit: '',
    locality: '',
    country: '',
    sessions,
    ...change,
  }
}
