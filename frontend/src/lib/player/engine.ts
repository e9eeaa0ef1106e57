import type { Trouble } from './recovery-plan'
import type { Level, Track } from './types'

/** What has been loaded: a playlist (video or audio), or a fragment with its size and duration. */
export type Arrival =
  { kind: 'playlist' | 'audio' } | { kind: 'fragment'; type: string; bytes: number; seconds: number }

/** A fragment of ISO base media with sound (there may be a picture, too) as it was loaded, and its initialization section. */
export interface SoundPiece {
  init: Uint8Array
  data: Uint8Array
  /** How much later its media time is for the element than in the fragment, in s. */
  offset: number
}

/** What an engine reports to its player. */
export interface Listener {
  /** The levels are known; nothing is loaded yet. */
  ready(): void
  /** Levels or tracks, or which of them play, have changed. */
  changed(): void
  arrived(what: Arrival): void
  /** Sound has been loaded. An engine that cannot tell reports none. */
  sound(piece: SoundPiece): void
  trouble(t: Trouble): void
}

/** Plays HLS in a video element: hls.js, or the webview itself. */
export interface Engine {
  load(url: string): void
  attach(video: HTMLVideoElement): void
  detach(): void
  destroy(): void
  /** Resumes loading after a fatal error. */
  restart(): void
  recover(swapAudioCodec: boolean): void

  readonly levels: Level[]
  /** -1: auto. */
  level: number
  readonly playingLevel: number
  /** The highest level that is chosen automatically; -1: no limit. */
  cap: number
  readonly audioTracks: Track[]
  audioTrack: number
  readonly subtitles: Track[]
  subtitle: number

  readonly live: boolean
  /** The latency and the target latency, in s behind the live edge; null: unknown. */
  readonly behind: number | null
  readonly target: number | null
  /** The seekable range (DVR window) of a live feed, in the element's seconds; null: unknown. */
  readonly window: { start: number; end: number } | null
  /** The position of live playback, in the element's seconds; null: unknown. */
  readonly livePosition: number | null
  /** How much later that position could in truth be, in s: a playlist is loaded some time after it grew. */
  readonly slack: number
  /** PROGRAM-DATE-TIME at the playhead, ms. */
  readonly date: number | null
}

export type OpenEngine = (listener: Listener) => Promise<Engine>
