// The sound of what hls.js appends: when it plays, and a file with nothing else.

import { find, ofTrack, view, type Box, type SoundTrack } from '../mp4'

/** Where the type of a box is, from its content. */
const TYPE = -4

/** From when to when the sound of a fragment plays, in s; undefined: it has none, or does not say. */
export function soundTimes(data: Uint8Array, track: SoundTrack): { start: number; end: number } | undefined {
  const v = view(data)
  let [start, end] = [Infinity, -Infinity]
  for (const traf of ofTrack(data, track)) {
    const [tfhd, tfdt] = [find(data, 'tfhd', traf)[0], find(data, 'tfdt', traf)[0]]
    if (!tfhd || !tfdt) return undefined
    const flags = v.getUint32(tfhd.start)
    const skipped = (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0)
    const each = flags & 8 ? v.getUint32(tfhd.start + 8 + skipped) : track.duration
    const from = data[tfdt.start] === 1 ? Number(v.getBigUint64(tfdt.start + 4)) : v.getUint32(tfdt.start + 4)
    const lasts = find(data, 'trun', traf).reduce((sum, trun) => sum + durationOf(v, trun, each), 0)
    start = Math.min(start, from / track.timescale)
    end = Math.max(end, (from + lasts) / track.timescale)
  }
  return end > start ? { start, end } : undefined
}

function durationOf(v: DataView, trun: Box, each: number): number {
  const [flags, count] = [v.getUint32(trun.start), v.getUint32(trun.start + 4)]
  if (!(flags & 0x100)) return count * each
  const size = [0x100, 0x200, 0x400, 0x800].reduce((sum, flag) => sum + (flags & flag ? 4 : 0), 0)
  const first = trun.start + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0)
  if (first + count * size > trun.end) return 0
  let sum = 0
  for (let i = 0; i < count; i++) sum += v.getUint32(first + i * size)
  return sum
}

/**
 * An initialization section and its fragments as one file in which a decoder sees nothing but the sound, from its first sample on:
 * other tracks would be decoded in vain, and an edit list would shift it.
 */
export function soundOnly(
  init: Uint8Array,
  fragments: readonly Uint8Array[],
  track: SoundTrack,
): ArrayBuffer {
  const parts = [init, ...fragments]
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const part of parts) {
    const copy = out.subarray(at, (at += part.length))
    copy.set(part)
    const free = (box: Box) => copy.set([0x66, 0x72, 0x65, 0x65], box.start + TYPE)
    const ours = ofTrack(copy, track)
    for (const traf of find(copy, 'moof/traf')) if (!ours.some((o) => o.start === traf.start)) free(traf)
    for (const edts of find(copy, 'moov/trak/edts')) free(edts)
    for (const trak of find(copy, 'moov/trak')) {
      const tkhd = find(copy, 'tkhd', trak)[0]
      const id = tkhd && view(copy).getUint32(tkhd.start + (copy[tkhd.start] === 1 ? 20 : 12))
      if (id !== track.id) free(trak)
    }
  }
  return out.buffer
}
