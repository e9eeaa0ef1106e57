import type { Stream } from './streams'

// Where feeds come from.

export interface Source {
  key: string
  name: string
  kind: string
  enabled: boolean
  file: string
  error: string | null
  not_yet?: string | null
  looks_again?: string | null
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
  /** The source's name without what could be a token; undefined where nothing of it could be one. */
  name?: string
  streams: Stream[]
  count: number
  steps: Step[]
  error: string | null
}
