import type { Trouble } from './recovery'
import type { Level, Track } from './types'

/** What came: a playlist (of the picture or the sound) or a piece of media with its size and length. */
export type Arrival =
  { kind: 'playlist' | 'audio' } | { kind: 'fragment'; type: string; bytes: number; seconds: number }

/** What an engine tells its player. */
export interface Listener {
  /** The levels are known; nothing is loaded yet. */
  ready(): void
  /** Levels, tracks or what plays of them changed. */
  changed(): void
  arrived(what: Arrival): void
  trouble(t: Trouble): void
}

/** What plays HLS into a video element: hls.js, or the webview itself. */
export interface Engine {
  load(url: string): void
  attach(video: HTMLVideoElement): void
  detach(): void
  destroy(): void
  /** Loads on after a fatal error. */
  restart(): void
  recover(swapAudioCodec: boolean): void

  readonly levels: Level[]
  /** -1: auto. */
  level: number
  readonly playingLevel: number
  /** The best level that is chosen by itself; -1: no limit. */
  cap: number
  readonly audioTracks: Track[]
  audioTrack: number
  readonly subtitles: Track[]
  subtitle: number

  readonly live: boolean
  /** Seconds behind the live edge, and how far behind it is meant to play; null: unknown. */
  readonly behind: number | null
  readonly target: number | null
  /** What can be had of a live feed, in the element's seconds; null: unknown. */
  readonly window: { start: number; end: number } | null
  /** Where to seek to for the live picture; null: unknown. */
  readonly livePosition: number | null
  /** PROGRAM-DATE-TIME at the playhead, ms. */
  readonly date: number | null
}

export type OpenEngine = (listener: Listener) => Promise<Engine>
