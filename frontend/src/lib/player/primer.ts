// WebKitGTK demultiplexes what is appended with GStreamer's qtdemux. If the first fragment after an initialization section does not
// begin at 0, qtdemux begins its segment there, and the parser behind it drops all sound that is appended later and is earlier: a
// feed could never play from before where it started. A first sample at 0 prevents that. It ends before the sound does, or is
// outside the append window.

import { find, isInit, ofTrack, soundTrack, view, type SoundTrack } from './mp4'

/** Makes a source buffer accept sound from before its first fragment. */
export function prime(buffer: SourceBuffer): void {
  const append = buffer.appendBuffer.bind(buffer)
  let track: SoundTrack | undefined
  const firstOf = (data: Uint8Array) => {
    try {
      if (isInit(data)) track = soundTrack(data)
      return track && primer(data, track)
    } catch {
      // What is cut off is the webview's to refuse.
      return undefined
    }
  }
  buffer.appendBuffer = (source) => {
    const data = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source)
    const first = firstOf(data)
    if (!first) return append(source)
    track = undefined
    const both = new Uint8Array(first.length + data.length)
    both.set(first)
    both.set(data, first.length)
    append(both)
  }
}

/** A fragment at time 0 with the first sample of another one; undefined: that has no sound. */
export function primer(data: Uint8Array, track: SoundTrack): Uint8Array | undefined {
  const sample = firstSample(data, track)
  if (!sample) return undefined
  const fragment = (offset: number) =>
    box(
      'moof',
      box('mfhd', u32(0, 0)),
      box(
        'traf',
        box('tfhd', u32(BASE_IS_MOOF, track.id)),
        box('tfdt', u32(0, 0)),
        box('trun', u32(OFFSET | DURATION | SIZE, 1, offset, sample.duration, sample.data.length)),
      ),
    )
  return new Uint8Array([...fragment(fragment(0).length + 8), ...box('mdat', [...sample.data])])
}

// The flags of tfhd and trun that are read or written here.
const [BASE, DESCRIPTION, DEFAULT_DURATION, DEFAULT_SIZE, BASE_IS_MOOF] = [1, 2, 8, 0x10, 0x20000]
const [OFFSET, FIRST_FLAGS, DURATION, SIZE] = [1, 4, 0x100, 0x200]

/** The largest sample that is taken for sound, in bytes: AAC has at most 8 KB. */
const MOST_SAMPLE = 16_384

/** The first sample of a track's fragment; undefined: it has none, or does not say where. */
function firstSample(
  data: Uint8Array,
  track: SoundTrack,
): { duration: number; data: Uint8Array } | undefined {
  const v = view(data)
  const [moof, traf] = [find(data, 'moof')[0], ofTrack(data, track)[0]]
  const [tfhd, trun] = ['tfhd', 'trun'].map((type) => traf && find(data, type, traf)[0])
  if (!moof || !tfhd || !trun || trun.end < trun.start + 12) return undefined
  const [defaults, flags] = [v.getUint32(tfhd.start), v.getUint32(trun.start)]
  if (defaults & BASE || !(flags & OFFSET) || v.getUint32(trun.start + 4) === 0) return undefined
  let at = tfhd.start + 8 + (defaults & DESCRIPTION ? 4 : 0)
  let [duration, size] = [track.duration, track.size]
  if (defaults & DEFAULT_DURATION) [duration, at] = [v.getUint32(at), at + 4]
  if (defaults & DEFAULT_SIZE) size = v.getUint32(at)
  at = trun.start + 12 + (flags & FIRST_FLAGS ? 4 : 0)
  if (flags & DURATION) [duration, at] = [v.getUint32(at), at + 4]
  if (flags & SIZE) size = v.getUint32(at)
  const start = moof.start - 8 + v.getUint32(trun.start + 8)
  return size > 0 && size <= MOST_SAMPLE && start + size <= data.length
    ? { duration, data: data.subarray(start, start + size) }
    : undefined
}

const u32 = (...values: number[]): number[] =>
  values.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n].map((b) => b & 255))
const box = (type: string, ...content: number[][]): number[] => {
  const all = content.flat()
  return [...u32(all.length + 8), ...[...type].map((c) => c.charCodeAt(0)), ...all]
}
