import type { Arrival, Engine } from './engine'
import { NO_STATS, type Stats } from './types'

/** The number of fragments of a kind over which the rate is averaged. */
const PIECES = 4

/** Measures the media bitrate by kind, because video and audio may be separate. */
export class Rate {
  #pieces = new Map<string, { bytes: number; seconds: number }[]>()

  add(a: Arrival): void {
    if (a.kind !== 'fragment' || a.seconds <= 0 || a.bytes <= 0) return
    this.#pieces.set(a.type, [...(this.#pieces.get(a.type) ?? []), a].slice(-PIECES))
  }

  /** bit/s; 0: unknown. */
  get bitrate(): number {
    let sum = 0
    for (const list of this.#pieces.values()) {
      const bytes = list.reduce((n, p) => n + p.bytes, 0)
      const seconds = list.reduce((n, p) => n + p.seconds, 0)
      sum += (bytes * 8) / seconds
    }
    return sum
  }
}

/** Seconds buffered ahead of the playhead. A gap of a frame or two does not count. */
export function ahead(buffered: TimeRanges, at: number): number {
  let end = at
  for (let i = 0; i < buffered.length; i++)
    if (buffered.start(i) <= end + 0.15 && buffered.end(i) > end) end = buffered.end(i)
  return end - at
}

/** Where the next buffered range begins, if the playhead is before a gap. */
export function afterHole(buffered: TimeRanges, at: number): number | null {
  for (let i = 0; i < buffered.length; i++) if (buffered.start(i) > at) return buffered.start(i)
  return null
}

export function measure(video: HTMLVideoElement | undefined, engine: Engine | undefined, rate: Rate): Stats {
  if (!video || !engine) return NO_STATS
  const reach = video.readyState > 0 ? engine.window : null
  const quality = video.getVideoPlaybackQuality?.()
  return {
    bitrate: rate.bitrate,
    buffer: ahead(video.buffered, video.currentTime),
    behind: video.readyState > 0 ? engine.behind : null,
    start: reach?.start ?? 0,
    end: reach?.end ?? 0,
    at: reach ? video.currentTime : 0,
    dropped: quality?.droppedVideoFrames ?? 0,
    frames: quality?.totalVideoFrames ?? 0,
    width: video.videoWidth,
    height: video.videoHeight,
    date: engine.date,
  }
}
