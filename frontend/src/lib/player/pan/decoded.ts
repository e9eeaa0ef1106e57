import type { SoundPiece } from '../engine'
import { soundTrack } from '../mp4'
import type { Decode } from '../by-sound/listener'
import { soundOnly, soundTimes } from '../by-sound/sound-file'
import type { SoundHearer } from '../sound-pieces'
import type { Piece } from './schedule'

/** How much decoded sound is kept, in s: stereo at 48 kHz has 0.4 MB/s. */
const KEEP = 40
/** Pieces that wait to be decoded at most. */
const WAITING = 128
/** A gap between two pieces, or a difference between what was decoded and what was announced, in s. */
const GAP = 0.06

/** How much of the sound before it is kept with a piece, in s, so that one can fade into the other. */
export const LEAD = 0.02

/** What has been decoded: `from` is where it begins in its buffer, in s. */
export interface Decoded extends Piece {
  buffer: AudioBuffer
  from: number
}
/** Returns a copy of a buffer's end, from a time in s. */
export type Cut = (buffer: AudioBuffer, from: number) => AudioBuffer

/**
 * Decodes what an engine loads. A decoder starts too quietly and a little later, so each piece is decoded with the one before it, and
 * only the new part is used.
 */
export class DecodedSound implements SoundHearer {
  #decode: Decode
  #cut: Cut
  #last: (SoundPiece & Piece) | undefined
  #waiting = 0
  #queue = Promise.resolve()
  /** How often the media time has started again. */
  #run = 0
  #pieces: Decoded[] = []

  constructor(decode: Decode, cut: Cut = cutWith) {
    this.#decode = decode
    this.#cut = cut
  }

  hear = (piece: SoundPiece): void => {
    const track = soundTrack(piece.init)
    const raw = track && soundTimes(piece.data, track)
    if (!track || !raw || this.#waiting >= WAITING) return
    const next = { ...piece, start: raw.start + piece.offset, end: raw.end + piece.offset }
    const before = this.#last
    this.#last = next
    const joins = before && before.init === next.init && Math.abs(before.end - next.start) <= GAP
    const parts = joins ? [before.data, next.data] : [next.data]
    const lead = joins ? before.end - before.start : 0
    const run = this.#run
    this.#waiting++
    this.#queue = this.#queue
      .then(async () => {
        if (run !== this.#run) return
        const buffer = (await this.#decode(soundOnly(next.init, parts, track))) as AudioBuffer
        const { start, end } = next
        // Otherwise its media time is not known.
        if (run !== this.#run || Math.abs(buffer.duration - lead - (end - start)) > GAP) return
        const from = Math.min(LEAD, lead)
        this.#add({ start, end, buffer: this.#cut(buffer, lead - from), from })
      })
      .catch(() => undefined)
      .finally(() => this.#waiting--)
  }

  /** Forgets all of it, and what is being decoded. */
  restart = (): void => {
    this.#run++
    this.#last = undefined
    this.#pieces = []
  }

  /** What plays between two media times, in order. */
  between(from: number, to: number): readonly Decoded[] {
    return this.#pieces.filter((p) => p.end > from && p.start < to)
  }

  #add(piece: Decoded): void {
    const others = this.#pieces.filter(
      (p) =>
        (p.end <= piece.start + GAP || p.start >= piece.end - GAP) && Math.abs(p.start - piece.start) < KEEP,
    )
    this.#pieces = [...others, piece].toSorted((a, b) => a.start - b.start)
  }
}

function cutWith(buffer: AudioBuffer, from: number): AudioBuffer {
  const { numberOfChannels, sampleRate } = buffer
  const skipped = Math.round(from * sampleRate)
  const out = new AudioBuffer({ numberOfChannels, sampleRate, length: Math.max(1, buffer.length - skipped) })
  for (let c = 0; c < numberOfChannels; c++) out.copyToChannel(buffer.getChannelData(c).subarray(skipped), c)
  return out
}
