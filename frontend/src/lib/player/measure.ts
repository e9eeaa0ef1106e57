import type { Arrival, Engine } from './engine'
import { NO_STATS, type Stats } from './types'

/** The number of fragments of a type over which the bitrate is averaged. */
const AVERAGED = 4

/** Measures the media bitrate for each type of fragment, because video and audio may be separate. */
export class Rate {
  #fragments = new Map<string, { bytes: number; seconds: number }[]>()

  add(a: Arrival): void {
    if (a.kind !== 'fragment' || a.seconds <= 0 || a.bytes <= 0) return
    this.#fragments.set(a.type, [...(this.#fragments.get(a.type) ?? []), a].slice(-AVERAGED))
  }

  /** bit/s; 0: unknown. */
  get bitrate(): number {
    let sum = 0
    for (const list of this.#fragments.values()) {
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

/** Returns where the next buffered range begins, in s; null if there is none ahead of the playhead. */
export function afterGap(buffered: TimeRanges, at: number): number | null {
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
