// What is needed of ISO base media (ISO/IEC 14496-12) to find the sound in what hls.js appends.

/** The sound track of an initialization section. */
export interface SoundTrack {
  id: number
  /** Units a second. */
  timescale: number
  /** How long a sample lasts if its fragment does not say so, in those units. */
  duration: number
  /** The size of a sample, in bytes, if its fragment does not say so. */
  size: number
}
export interface Box {
  type: string
  /** Of its content. */
  start: number
  end: number
}

export const view = (data: Uint8Array) => new DataView(data.buffer, data.byteOffset, data.byteLength)

export function boxes(data: Uint8Array, from = 0, to = data.length): Box[] {
  const [out, v] = [[] as Box[], view(data)]
  for (let at = from; at + 8 <= to;) {
    const [size, type] = [v.getUint32(at), String.fromCharCode(...data.subarray(at + 4, at + 8))]
    // A size of 1 has 64 bits after the type, 0 lasts to the end. Only mdat is ever that long, and it comes last.
    const end = size === 0 || size === 1 ? to : at + size
    if (end < at + 8 || end > to) break
    out.push({ type, start: at + 8, end })
    at = end
  }
  return out
}
/** All boxes at a path, such as moov/trak. */
export function find(data: Uint8Array, path: string, within?: Box): Box[] {
  return path
    .split('/')
    .reduce<Box[]>(
      (parents, type) => parents.flatMap((p) => boxes(data, p.start, p.end).filter((b) => b.type === type)),
      [within ?? { type: '', start: 0, end: data.length }],
    )
}

/** Whether it is an initialization section. */
export const isInit = (data: Uint8Array): boolean => find(data, 'moov').length > 0

/** The first sound track of an initialization section. */
export function soundTrack(init: Uint8Array): SoundTrack | undefined {
  const v = view(init)
  for (const trak of find(init, 'moov/trak')) {
    const [hdlr, mdhd, tkhd] = ['mdia/hdlr', 'mdia/mdhd', 'tkhd'].map((path) => find(init, path, trak)[0])
    if (!hdlr || !mdhd || !tkhd || hdlr.end < hdlr.start + 12) continue
    if (String.fromCharCode(...init.subarray(hdlr.start + 8, hdlr.start + 12)) !== 'soun') continue
    const id = v.getUint32(tkhd.start + (init[tkhd.start] === 1 ? 20 : 12))
    const timescale = v.getUint32(mdhd.start + (init[mdhd.start] === 1 ? 20 : 12))
    const trex = find(init, 'moov/mvex/trex').find((b) => v.getUint32(b.start + 4) === id)
    return timescale === 0
      ? undefined
      : {
          id,
          timescale,
          duration: trex ? v.getUint32(trex.start + 12) : 0,
          size: trex ? v.getUint32(trex.start + 16) : 0,
        }
  }
  return undefined
}

/** The fragments of a track. */
export const ofTrack = (data: Uint8Array, track: SoundTrack): Box[] =>
  find(data, 'moof/traf').filter((traf) => {
    const tfhd = find(data, 'tfhd', traf)[0]
    return tfhd !== undefined && view(data).getUint32(tfhd.start + 4) === track.id
  })
