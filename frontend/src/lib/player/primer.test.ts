import { expect, it, vi } from 'vitest'
import { fragment, init } from './mp4.fixture'
import { find, isInit, soundTrack, view } from './mp4'
import { prime, primer } from './primer'

const track = { id: 2, timescale: 48_000, duration: 1024, size: 0 }

it('the first sound track of an initialization section is found beside a picture', () => {
  expect(isInit(init())).toBe(true)
  expect(isInit(fragment(2, 0, [1024]))).toBe(false)
  expect(soundTrack(init())).toEqual(track)
  expect(soundTrack(init({ sound: false }))).toBeUndefined()
})

it('a primer has the first sample of the sound, at time 0', () => {
  const made = primer(fragment(2, 96_000, [1024, 960]), track) as Uint8Array
  const [v, at] = [view(made), (path: string) => find(made, path)[0]?.start ?? 0]
  expect(v.getUint32(at('moof/traf/tfhd') + 4)).toBe(2)
  expect(v.getUint32(at('moof/traf/tfdt') + 4)).toBe(0)
  const trun = at('moof/traf/trun')
  const [count, offset, duration, size] = [4, 8, 12, 16].map((n) => v.getUint32(trun + n))
  expect([count, duration, size]).toEqual([1, 1024, 3])
  expect([...made.subarray(offset, (offset ?? 0) + 3)]).toEqual([1, 2, 3])
  expect((offset ?? 0) + 3).toBe(made.length)
})

it('durations and sizes may be those of the fragment or of the track', () => {
  const of = (size: number, options: object) => {
    const made = primer(fragment(2, 96_000, 4, options), { ...track, size })
    return (
      made && [12, 16].map((n) => view(made).getUint32((find(made, 'moof/traf/trun')[0]?.start ?? 0) + n))
    )
  }
  expect(of(2, {})).toEqual([1024, 2])
  expect(of(0, { each: [960, 3] })).toEqual([960, 3])
  expect(of(0, {}), 'a size that nothing gives').toBeUndefined()
  expect(of(99, {}), 'more than there is').toBeUndefined()
  const large = fragment(2, 96_000, 10_000)
  expect(primer(large, { ...track, size: 20_000 }), 'no sound is that large').toBeUndefined()
})

it('only sound gets a primer', () => {
  expect(primer(fragment(1, 96_000, [1024]), track)).toBeUndefined()
  expect(primer(fragment(2, 96_000, []), track)).toBeUndefined()
  expect(primer(init(), track)).toBeUndefined()
})

function buffer() {
  const append = vi.fn<(data: Uint8Array) => void>()
  const b = { appendBuffer: append } as unknown as SourceBuffer
  prime(b)
  return {
    append: (data: Uint8Array) => b.appendBuffer(data as BufferSource),
    sizes: () => append.mock.calls.map(([d]) => d.length),
  }
}

it('the first fragment after each initialization section gets one, in the same append', () => {
  const [head, one] = [init(), fragment(2, 96_000, [1024])]
  const { append, sizes } = buffer()
  for (const data of [head, one, one, head, one]) append(data)
  const both = one.length + (primer(one, track)?.length ?? 0)
  expect(sizes()).toEqual([head.length, both, one.length, head.length, both])
})

it('what is cut off, or is something else, is appended as it is', () => {
  const [head, one] = [init(), fragment(2, 96_000, [1024])]
  for (let n = 0; n < one.length; n++) {
    const { append, sizes } = buffer()
    append(head.slice(0, Math.min(n, head.length)))
    append(one.slice(0, n))
    expect(sizes()).toEqual([Math.min(n, head.length), n])
  }
  const { append, sizes } = buffer()
  append(head)
  append(new Uint8Array(64).fill(255))
  expect(sizes()).toEqual([head.length, 64])
})
