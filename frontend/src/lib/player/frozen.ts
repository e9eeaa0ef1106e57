// Pictures that stand still while time runs: found by their frames, and, where a spare could take over, by their content.

/** For how many seconds no frame may come while time runs. */
const FROZEN_AFTER = 6
/** A feed that showed pauses between frames before may make longer ones by this factor. */
const PATIENCE = 3
/** After each restart it waits longer, up to so many seconds: the feed itself may be without frames. */
const MOST_PATIENCE = 300
/** So many seconds with frames end that. */
const SOUND_AGAIN = 60
/** The least progress of a second that counts as time that runs, in s. */
const RUNS = 0.5

type WebKitVideo = HTMLVideoElement & { webkitDecodedFrameCount?: number }

/** The number of frames that a video has drawn or dropped; null if the webview does not count them. */
export function framesOf(video: HTMLVideoElement): number | null {
  const total = video.getVideoPlaybackQuality?.().totalVideoFrames
  return total ?? (video as WebKitVideo).webkitDecodedFrameCount ?? null
}

/** Finds a picture that gets no new frames while time runs. */
export class FrameWatch {
  #frames: number | null = null
  #at = 0
  #still = 0
  #moving = 0
  #longest = 0
  #patience = FROZEN_AFTER

  /** Call once a second while the picture is on the screen and should play. Returns whether it has to be restarted. */
  second(video: HTMLVideoElement): boolean {
    const [frames, before] = [framesOf(video), this.#frames]
    const ran = video.currentTime - this.#at
    this.#frames = frames
    this.#at = video.currentTime
    const known = frames !== null && before !== null && video.videoWidth > 0
    if (!known || frames !== before) return this.#advanced()
    // Neither a stall nor a seek is a frozen picture.
    if (ran < RUNS || ran > 3) return false
    this.#moving = 0
    this.#still++
    if (this.#still < Math.max(this.#patience, this.#longest * PATIENCE)) return false
    this.#still = 0
    this.#patience = Math.min(this.#patience * 2, MOST_PATIENCE)
    return true
  }

  #advanced(): false {
    // A pause that ended by itself is the feed's own: a slide show.
    if (this.#still > 1) this.#longest = Math.max(this.#longest, this.#still)
    this.#still = 0
    if (++this.#moving >= SOUND_AGAIN) this.#patience = FROZEN_AFTER
    return false
  }

  /** The picture is not on the screen, where webviews may draw nothing. */
  pause(): void {
    this.#frames = null
    this.#still = 0
  }
}

/** The size at which pictures are compared, in px: a clock in a corner still covers some of it. */
const WIDTH = 64
const HEIGHT = 36
/** Encoding the same picture again changes a point by this much at most, of 255. */
const NOISE = 4
/** The least time between two looks, in ms, and how long pictures must be identical, in s of the media's time. */
const LOOK_EVERY = 500
const IDENTICAL_FOR = 10

/**
 * Finds a picture whose content stands still while time runs: a slate, or a source that froze but is encoded on. Call it only
 * where something can be done about it, since each look copies a frame.
 */
export class StillPicture {
  #context: CanvasRenderingContext2D | null | undefined
  #last: Uint8ClampedArray | undefined
  #lookedAt = -Infinity
  #at = 0
  #identical = 0

  /** For how many seconds of media time the picture has been identical. */
  get seconds(): number {
    return this.#identical
  }

  /** Looks at the picture, at most twice a second. Returns whether it has been identical for 10 s. */
  look(video: HTMLVideoElement, now = performance.now()): boolean {
    if (now - this.#lookedAt >= LOOK_EVERY) {
      this.#lookedAt = now
      this.#compare(video)
    }
    return this.#identical >= IDENTICAL_FOR
  }

  /** The picture is another one: another feed, or a seek. */
  reset(): void {
    this.#last = undefined
    this.#identical = 0
  }

  #compare(video: HTMLVideoElement): void {
    const picture = video.readyState > 1 && video.videoWidth > 0 && !video.seeking && this.#points(video)
    const ran = video.currentTime - this.#at
    this.#at = video.currentTime
    if (!picture) return this.reset()
    const same = this.#last !== undefined && ran >= 0 && ran < 5 && alike(picture, this.#last)
    // The first of identical pictures stays the one they are compared with: a slow change adds up.
    if (same) this.#identical += ran
    else {
      this.#last = picture
      this.#identical = 0
    }
  }

  /** The picture's points, small; undefined if the webview does not allow to read them. */
  #points(video: HTMLVideoElement): Uint8ClampedArray | undefined {
    if (this.#context === undefined) {
      const canvas = document.createElement('canvas')
      canvas.width = WIDTH
      canvas.height = HEIGHT
      this.#context = canvas.getContext('2d', { willReadFrequently: true, alpha: false })
      if (this.#context) this.#context.imageSmoothingQuality = 'high'
    }
    try {
      this.#context?.drawImage(video, 0, 0, WIDTH, HEIGHT)
      return this.#context?.getImageData(0, 0, WIDTH, HEIGHT).data
    } catch {
      this.#context = null
      return undefined
    }
  }
}

const alike = (a: Uint8ClampedArray, b: Uint8ClampedArray): boolean =>
  a.length === b.length && a.every((p, i) => Math.abs(p - (b[i] ?? 0)) <= NOISE)
