import { expect, it, vi } from 'vitest'
import { fragment, init } from '../mp4.fixture'
import type { Decode } from '../by-sound/listener'
import { DecodedSound, LEAD } from './decoded'

const HEAD = init()
/** A piece of sound of some seconds. */
const piece = (at: number, seconds = 2, offset = 0) => ({
  init: HEAD,
  data: fragment(2, (at - offset) * 48_000, [48_000 * seconds]),
  offset,
})
const buffer = (duration: number) => ({ duration }) as AudioBuffer
/** Decodes fragments of two seconds each. */
const decode = () =>
  vi.fn<Decode>(async (file) =>
    buffer(2 * Math.round((file.byteLength - HEAD.length) / piece(0).data.length)),
  )
const cut = vi.fn((b: AudioBuffer, from: number) => buffer(b.duration - from))
const settled = () => new Promise((done) => setTimeout(done))

it('each piece is decoded with the one before it, and only the new part is kept', async () => {
  const d = new DecodedSound(decode(), cut)
  for (const at of [10, 12, 14]) d.hear(piece(at, 2, -3.5))
  await settled()
  const got = d.between(0, 100)
  expect(got.map((p) => [p.start, p.end, p.from])).toEqual([
    [10, 12, 0],
    [12, 14, LEAD],
    [14, 16, LEAD],
  ])
  expect(got.map((p) => p.buffer.duration)).toEqual([2, 2 + LEAD, 2 + LEAD])
  expect(d.between(12.5, 13).map((p) => p.start)).toEqual([12])
})

it('pieces that do not follow one another are decoded apart, and one that is loaded again replaces the old one', async () => {
  const d = new DecodedSound(decode(), cut)
  for (const at of [10, 20, 22, 20]) d.hear(piece(at))
  await settled()
  expect(d.between(0, 100).map((p) => [p.start, p.from])).toEqual([
    [10, 0],
    [20, 0],
    [22, LEAD],
  ])
})

it('only the last seconds are kept', async () => {
  const d = new DecodedSound(decode(), cut)
  for (let at = 0; at < 100; at += 2) d.hear(piece(at))
  await settled()
  expect(d.between(0, 200)[0]?.start).toBe(60)
})

it('what cannot be decoded, or lasts longer than it should, is left out', async () => {
  const answers = [Promise.reject(new Error('no')), Promise.resolve(buffer(9)), Promise.resolve(buffer(2))]
  const d = new DecodedSound(async () => (await answers.shift()) as AudioBuffer, cut)
  for (const at of [10, 20, 30]) d.hear(piece(at))
  d.hear({ init: HEAD, data: new Uint8Array(8), offset: 0 })
  await settled()
  expect(d.between(0, 100).map((p) => p.start)).toEqual([30])
})

it('nothing is left of an earlier media time, not even what is being decoded', async () => {
  const d = new DecodedSound(decode(), cut)
  d.hear(piece(10))
  await settled()
  d.hear(piece(12))
  d.restart()
  await settled()
  expect(d.between(0, 100)).toEqual([])
})
