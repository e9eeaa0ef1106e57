// Feeds, and those that somebody watches.

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

/** What the page plays. */
export interface Codecs {
  plays: string[]
}
