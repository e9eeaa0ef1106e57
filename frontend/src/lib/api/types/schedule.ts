// The events, and the calendars that name them.

export type SessionType =
  'fp1' | 'fp2' | 'fp3' | 'qualifying' | 'sprint_qualifying' | 'sprint' | 'race' | 'other'
export type SessionStatus = 'past' | 'live' | 'upcoming' | 'cancelled'

export interface Session {
  type: SessionType
  name: string
  start: string | null
  end: string | null
  status: SessionStatus
  /** The day of a session of which the time is not known yet: 2026-05-24. */
  date?: string
  /** The start that an earlier reading of the calendar said. */
  moved_from?: string
  /** Its feeds go on past the planned end, which is then open; true from shortly before it. */
  over_time?: boolean
  /** overrides.toml changes it, or adds it. */
  overridden?: boolean
  /** Its date contradicts those of the event's other sessions: it is never live, and nothing is done at its start. */
  in_doubt?: boolean
}

/** One weekend of a series. */
export interface RaceEvent {
  id: string
  series: string
  season: string
  round: number
  name: string
  circuit: string
  locality: string
  country: string
  sessions: Session[]
  /** The user's name for the calendar that names it. */
  calendar?: string
  /** #rrggbb, or a word such as teal. */
  color?: string
  overridden?: boolean
}

export interface Schedule {
  events: RaceEvent[]
  fetched_at: string | null
  stale: boolean
  error: string | null
}

export type CalendarKind = 'jolpica' | 'f1calendar' | 'ics' | 'demo'

/** A calendar as it is set. */
export interface CalendarSetting {
  kind: CalendarKind
  url?: string
  /** A file where Gridwall runs. */
  path?: string
  series?: string
  name?: string
  color?: string
  /** The calendar itself, of which a copy is kept. Never answered. */
  text?: string
  /** Names the copy that is kept. */
  copy?: string
}

/** A calendar as it is set, and how it stands. */
export interface CalendarInfo {
  kind: CalendarKind
  url?: string
  path?: string
  series?: string
  name?: string
  color?: string
  copy?: string
  events: number
  fetched_at: string | null
  stale: boolean
  /** Why it was not read, or not in full. */
  error: string | null
}

export interface CalendarList {
  calendars: CalendarInfo[]
  /** config.toml sets them. */
  fixed: boolean
  /** Somebody chose them; else they are the default. */
  chosen: boolean
  /** The file in which a user says what the calendars do not. */
  overrides: string
}

export interface CalendarChange {
  /** All of them, in their order. */
  calendars: CalendarSetting[]
  /** Back to the default; calendars is ignored. */
  reset?: boolean
}

/** What a calendar says that is not kept yet. */
export interface CalendarTrial {
  events: RaceEvent[]
  count: number
  series: string[]
  error: string | null
}
