import type { Session, SessionStatus, SessionType } from './schedule'
import type { Stream } from './streams'

// Which feeds a session has, and whether they are ready.

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
