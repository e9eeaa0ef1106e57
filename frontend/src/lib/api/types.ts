// The TypeScript twins of the types in app/api. A Go test compares the two, field by field.

/** One playable feed that an extraction found. Instants are RFC 3339 in UTC. */
export interface Stream {
  id: string
  url: string
  site_key: string
  site_name: string
  quality: string
  title: string
  /** The group that a channel list puts it into. */
  group?: string
  /** The address of the picture that a channel list names. */
  logo?: string
  extracted_at: string
  /** null while the stream has not been checked. */
  is_live: boolean | null
  response_time_ms: number | null
  checked_at: string | null
  /** bit/s of the best variant. */
  bitrate: number | null
}

export interface StreamList {
  streams: Stream[]
  count: number
}

/** What has changed in the listing of all feeds. */
export interface StreamChanges {
  streams: Stream[]
  gone: string[]
  /** Where the next question goes on. */
  since: string
  /** What was known before is to be forgotten. */
  whole: boolean
  /** Ask again at once. */
  more: boolean
  count: number
}

export interface FailedExtract {
  key: string
  error: string
}

export interface Extraction {
  streams: Stream[]
  count: number
  failed: FailedExtract[]
}

/** A stream that somebody watches. */
export interface Active {
  id: string
  original_url: string
  current_url: string
  site_key: string
  title: string
  quality: string
  last_refreshed: string | null
  refresh_count: number
  last_error: string
  expires_at: string | null
  playback_url: string
}

export interface ActiveList {
  active: Active[]
}

export interface Activation {
  stream_id?: string
  url?: string
  site_key?: string
  viewer?: string
}

export interface Resolved {
  url: string
}

export interface Source {
  key: string
  name: string
  kind: string
  enabled: boolean
  file: string
  error: string | null
  last_run: string | null
  stream_count: number
  live_count: number
  running: boolean
}

export interface SourceList {
  sources: Source[]
}

export interface SourceText {
  text: string
  list?: string
}

export interface SourceLink {
  url: string
}

export interface SourceSwitch {
  enabled: boolean
}

export interface Guess {
  key: string
  kind: string
  text: string
  titles: string[]
  count: number
}

export interface Step {
  what: string
  method: string
  url: string
  status: number
  duration_ms: number
  bytes: number
  yield: number
  error: string
}

export interface Trial {
  streams: Stream[]
  count: number
  steps: Step[]
  error: string | null
}

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

/** The feeds that belong to a session, the best first. */
/** One of the qualities that a stream comes in; 0 and "" stand for what its playlist does not say. */
export interface Variant {
  /** What ?quality= of the playback address takes to mean this very variant. */
  name: string
  /** bit/s */
  bandwidth: number
  average_bandwidth: number
  width: number
  height: number
  frame_rate: number
  codecs: string
  video_range: string
}

export interface VariantList {
  variants: Variant[]
  count: number
}

export interface SessionFeeds {
  event_id: string
  event: string
  session: string
  session_type: SessionType
  status: SessionStatus
  start: string | null
  end: string | null
  streams: Stream[]
  count: number
  /** How many belong to the session, the dead ones and those beyond nine too. */
  listed: number
  /** The rule that decides over the session. */
  rule?: RuleRef
  /** The arrangement that the rule asks for; "" for none. */
  layout: string
}

export interface RuleRef {
  place: number
  name: string
  fixed: boolean
  /** false for a rule about the arrangement alone. */
  chooses: boolean
}

/** Which feeds a session has. series, event, session and titles are regular expressions (RE2). */
export interface Rule {
  name: string
  series: string
  event: string
  session: string
  sources: string[]
  titles: string[]
  layout: string
  /** It stands in config.toml, and can be changed there alone. */
  fixed: boolean
}

export interface RuleList {
  rules: Rule[]
}

export interface RuleTrial {
  rule: Rule
  /** Its place among all rules, from 0; -1: behind them. */
  place: number
}

export type RuleField = 'name' | 'series' | 'event' | 'session' | 'sources' | 'titles' | 'layout'

export interface RuleProblem {
  field: RuleField
  /** The place in a list, from 0; -1: the field as a whole. */
  index: number
  message: string
}

export interface RuleSession {
  event_id: string
  event: string
  series: string
  session: Session
  /** false where an earlier rule speaks of the session. */
  decided: boolean
  /** The earlier rule's name. */
  by: string
}

export interface RulePreview {
  problems: RuleProblem[]
  sessions: RuleSession[]
  count: number
  streams: Stream[]
  taken: number
}

export interface PreflightFeed {
  stream_id: string
  title: string
  site_key: string
  site_name: string
  ready: boolean
  problem: string
  advice: string
}

export interface PreflightSource {
  key: string
  name: string
  error: string
  advice: string
}

/** Whether a session's feeds are ready. */
export interface Preflight {
  event_id: string
  event: string
  session: string
  start: string | null
  /** null: it was not checked. */
  checked_at: string | null
  ready: number
  feeds: PreflightFeed[]
  sources: PreflightSource[]
  text: string
  /** Whether the grid opens by itself at the session's start. */
  opens: boolean
}

export interface Opening {
  event: string
  session: string
  open: boolean
}

/** What the page plays. */
export interface Codecs {
  plays: string[]
}

export interface Settings {
  /** By their names in config.toml; those under "ui." are the clients' own. */
  settings: Record<string, string>
  /** Set in config.toml, and to be changed there alone. */
  fixed: string[]
  /** A change takes effect at the next start. */
  restart: string[]
}

export interface SettingsChange {
  /** null: back to the default. */
  settings: Record<string, string | null>
  /** Ignored, so that an answer can be sent back. */
  fixed?: string[]
  /** Ignored too. */
  restart?: string[]
}

export interface Paths {
  config: string
  sources: string
  data: string
  database: string
  /** "" where the log goes to stderr. */
  log: string
}

export interface About {
  version: string
  shell: 'window' | 'server'
  os: string
  /** Goes before /hls/ in playback URLs: "" on the server. */
  playback: string
  /** The external players that are installed where Gridwall runs. */
  players: string[]
  paths: Paths
  demo: boolean
}

/** The layouts' document is this frontend's own; the server keeps it as it is. See lib/state/wall.svelte.ts. */
export type Layouts = Record<string, unknown>

export type EventType = 'streams' | 'active' | 'sources' | 'schedule' | 'notice'

export interface Notice {
  kind: string
  message: string
  stream_id?: string
  /** The session whose feeds are to be opened, or offered. */
  event_id?: string
  session?: string
}

export interface ApiEvent {
  type: EventType
  seq: number
  at: string
  notice?: Notice | null
}
