/** What a player is doing. `stopped`: it cannot continue and says why in its problem. */
export type Status = 'starting' | 'playing' | 'paused' | 'waiting' | 'stopped'

/** Why there is no picture, in plain words, and when it retries (ms since 1970; null: now, or not by time). */
export interface Problem {
  what: string
  why: string
  retryAt: number | null
}

/** A variant that can be chosen. height 0: unknown (audio alone). bitrate in bit/s. */
export interface Level {
  index: number
  label: string
  height: number
  /** px; absent or 0: unknown, 16:9 is assumed. */
  width?: number
  bitrate: number
}

/** An audio or subtitle track. */
export interface Track {
  index: number
  label: string
  /** RFC 5646 tag; "" if the feed names none. */
  language: string
}

/** Measured once a second. */
export interface Stats {
  /** The media bitrate of the downloaded fragments, in bit/s; 0: unknown. */
  bitrate: number
  /** Seconds buffered ahead of the playhead. */
  buffer: number
  /** Seconds behind the live edge; null: unknown. */
  behind: number | null
  /** The seekable range and the playhead, in the element's seconds; all 0: unknown. */
  start: number
  end: number
  at: number
  /** Frames that were decoded too late to be shown, and all frames. */
  dropped: number
  frames: number
  width: number
  height: number
  /** PROGRAM-DATE-TIME at the playhead in ms since 1970; null if the feed has none. */
  date: number | null
}

/** The user's choices for a tile. */
export interface UserChoices {
  volume: number
  /** A level's label; "" is auto. */
  quality: string
  /** An audio track's label; "" is the feed's default. */
  audio: string
  /** The language of that track, in case its label changes; "" if it has none. */
  audioLanguage: string
  /** A subtitle track's label; "" is off. */
  subtitle: string
  subtitleLanguage: string
}

/** The settings of a tile that are stored in a layout. */
export interface TileSettings extends UserChoices {
  /** The offset of the feed's clock in ms, in documents of version 0.2 or earlier. It is stored by feed now. */
  offset?: number
}

export const DEFAULT_SETTINGS: TileSettings = {
  volume: 1,
  quality: '',
  audio: '',
  audioLanguage: '',
  subtitle: '',
  subtitleLanguage: '',
}

export const NO_STATS: Stats = {
  bitrate: 0,
  buffer: 0,
  behind: null,
  start: 0,
  end: 0,
  at: 0,
  dropped: 0,
  frames: 0,
  width: 0,
  height: 0,
  date: null,
}
