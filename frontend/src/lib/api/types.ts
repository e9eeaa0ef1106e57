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
}

export interface Schedule {
  events: RaceEvent[]
  fetched_at: string | null
  stale: boolean
  error: string | null
}

/** The feeds that belong to a session, the best first. */
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
}

export interface ApiEvent {
  type: EventType
  seq: number
  at: string
  notice?: Notice | null
}
