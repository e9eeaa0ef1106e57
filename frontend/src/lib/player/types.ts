/** What a player is doing. `stopped`: it cannot go on now and says why in its problem. */
export type Status = 'starting' | 'playing' | 'paused' | 'waiting' | 'stopped'

/** Why there is no picture, in plain words, and when it is tried again (ms since 1970; null: at once or not by time). */
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
  bitrate: number
}

/** An audio or subtitle track. */
export interface Track {
  index: number
  label: string
  /** RFC 5646; "" where the feed names none. */
  language: string
}

/** What is measured, once a second. */
export interface Stats {
  /** bit/s of what was downloaded for this picture: the fragments' own rate. 0: not known yet. */
  bitrate: number
  /** Seconds that lie ready ahead of the playhead. */
  buffer: number
  /** Seconds behind the live edge; null where that is unknown. */
  behind: number | null
  /** What can be played, and the playhead, in the element's seconds; all 0 where that is unknown. */
  start: number
  end: number
  at: number
  /** Frames that were decoded too late to be shown, and all frames. */
  dropped: number
  frames: number
  width: number
  height: number
  /** PROGRAM-DATE-TIME at the playhead in ms since 1970; null where the feed bears none. */
  date: number | null
}

/** What is wanted of a player. */
export interface Wishes {
  volume: number
  /** A level's label; "" is auto. */
  quality: string
  /** An audio track's label; "" is the feed's default. */
  audio: string
  /** The language of that track, for when its name changes; "" where it has none. */
  audioLanguage: string
  /** A subtitle track's label; "" is off. */
  subtitle: string
  subtitleLanguage: string
}

/** What a tile remembers in a layout. */
export interface TileSettings extends Wishes {
  /** ms that this feed's clock is ahead (+) or behind (−) the others', as set by hand. */
  offset: number
}

export const DEFAULT_SETTINGS: TileSettings = {
  volume: 1,
  quality: '',
  audio: '',
  audioLanguage: '',
  subtitle: '',
  subtitleLanguage: '',
  offset: 0,
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
