import type { SoundPiece } from '../engine'
import type { Envelope } from './envelope'
import { soundTrack } from '../mp4'
import { soundOnly, soundTimes } from './sound-file'

/** So much sound is decoded at once at least, in s, because a decoder needs a moment to start; and so many bytes at most. */
const GROUP = 1
const MOST_BYTES = 24_000_000
/** A gap between two pieces, or a difference between what was decoded and what was announced, in s. */
const GAP = 0.06
/** Pieces that wait to be decoded at most. */
const WAITING = 128

/** Decodes a file; rejects if that is not possible. */
export type Decode = (
  file: ArrayBuffer,
) => Promise<Pick<AudioBuffer, 'duration' | 'sampleRate' | 'getChannelData'>>

interface Group {
  init: Uint8Array
  data: Uint8Array[]
  start: number
  end: number
}

/**
 * Listens to a feed: decodes the sound that its engine has loaded, apart from the element that plays it, so that whatever
 * becomes of it, the feed plays on.
 */
export class SoundListener {
  #into: Envelope
  #decode: Decode
  #group: Group | undefined
  #waiting = 0
  #queue = Promise.resolve()
  #ended = false

  constructor(into: Envelope, decode: Decode) {
    this.#into = into
    this.#decode = decode
  }

  /** Takes what has been loaded. Sound that is not in ISO base media is ignored. */
  hear({ init, data, offset }: SoundPiece): void {
    const track = soundTrack(init)
    const raw = track && soundTimes(data, track)
    if (!raw) return
    const times = { start: raw.start + offset, end: raw.end + offset }
    const group = this.#group
    if (group && (group.init !== init || Math.abs(times.start - group.end) > GAP)) this.#flush()
    this.#group ??= { init, data: [], ...times }
    this.#group.data.push(data)
    this.#group.end = times.end
    if (this.#group.end - this.#group.start >= GROUP) this.#flush()
  }

  end(): void {
    this.#ended = true
  }

  #flush(): void {
    const group = this.#group
    this.#group = undefined
    const bytes = group?.data.reduce((sum, d) => sum + d.length, 0) ?? 0
    if (!group || bytes > MOST_BYTES || this.#waiting >= WAITING) return
    this.#waiting++
    this.#queue = this.#queue
      .then(() => this.#hear(group))
      .catch(() => undefined)
      .finally(() => this.#waiting--)
  }

  async #hear({ init, data, start, end }: Group): Promise<void> {
    const track = soundTrack(init)
    if (!track || this.#ended) return
    const sound = await this.#decode(soundOnly(init, data, track))
    // Otherwise its media time is not known.
    if (Math.abs(sound.duration - (end - start)) > GAP || this.#ended) return
    this.#into.add(sound.getChannelData(0), sound.sampleRate, start)
  }
}
