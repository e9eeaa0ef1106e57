// Small files in the form of ISO base media, without any media.

/** The size of a sample, in bytes. */
const SAMPLE = 3

const u32 = (...values: number[]): number[] =>
  values.flatMap((v) => [v >>> 24, v >>> 16, v >>> 8, v].map((b) => b & 255))
const text = (s: string): number[] => [...s].map((c) => c.charCodeAt(0))
const box = (type: string, ...content: number[][]): number[] => {
  const all = content.flat()
  return [...u32(all.length + 8), ...text(type), ...all]
}

const trak = (id: number, kind: string, timescale: number) =>
  box(
    'trak',
    box('tkhd', u32(0, 0, 0, id, 0)),
    box('edts', u32(0, 0)),
    box('mdia', box('mdhd', u32(0, 0, 0, timescale, 0)), box('hdlr', u32(0, 0), text(kind), u32(0))),
  )
const trex = (id: number, duration: number) => box('trex', u32(0, id, 1, duration, 0, 0))

/** An initialization section with a picture (track 1) and, unless without, sound (track 2). */
export const init = ({ sound = true } = {}): Uint8Array =>
  new Uint8Array([
    ...box('ftyp', text('isom'), u32(0)),
    ...box(
      'moov',
      trak(1, 'vide', 90_000),
      ...(sound ? [trak(2, 'soun', 48_000)] : []),
      box('mvex', trex(1, 3600), ...(sound ? [trex(2, 1024)] : [])),
    ),
  ])

interface FragmentOptions {
  /** The duration and the size of each sample, if the fragment gives them for all. */
  each?: [number, number]
}

/** A fragment of a track that begins at a decode time; its samples, of three bytes: their durations, or how many. */
export function fragment(
  id: number,
  from: number,
  samples: number[] | number,
  { each }: FragmentOptions = {},
): Uint8Array {
  const count = typeof samples === 'number' ? samples : samples.length
  const moof = (offset: number) => {
    const trun =
      typeof samples === 'number'
        ? u32(1, samples, offset)
        : u32(0x301, count, offset, ...samples.flatMap((duration) => [duration, SAMPLE]))
    const traf = box(
      'traf',
      box('tfhd', each ? u32(0x20018, id, ...each) : u32(0x20000, id)),
      box('tfdt', u32(1 << 24, Math.floor(from / 2 ** 32), from % 2 ** 32)),
      box('trun', trun),
    )
    return box('moof', box('mfhd', u32(0, 1)), traf)
  }
  const data = Array.from({ length: count * SAMPLE }, (_, i) => i + 1)
  return new Uint8Array([...moof(moof(0).length + 8), ...box('mdat', data)])
}
