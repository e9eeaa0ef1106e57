import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RATE } from './correlate'
import { decoder } from './decoder'
import { Envelope } from './envelope'
import { SoundListener, type Decode } from './listener'
import { fragment, init } from '../mp4.fixture'

/** Sound whose level at a media time is that time. */
const ramp = (start: number, seconds: number, rate = 1000) =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => start + i / rate)

describe('an envelope', () => {
  it('is kept by media time, in whatever order it comes', () => {
    const e = new Envelope()
    expect(e.part(1)).toBeUndefined()
    for (const at of [12, 10, 14, 16, 18, 14]) e.add(ramp(at, 2), 1000, at)
    const part = e.part(5)
    expect(part).toMatchObject({ from: 15 })
    expect(part?.values).toHaveLength(5 * RATE)
    for (const i of [50, 150, 499]) expect(part?.values[i]).toBeCloseTo(15 + (i + 0.5) / RATE, 1)
  })
  it('with a gap is not compared', () => {
    const e = new Envelope()
    for (const at of [10, 12, 16, 18]) e.add(ramp(at, 2), 1000, at)
    expect(e.part(9)).toBeUndefined()
  })
  it('starts again with another media time', () => {
    const e = new Envelope()
    e.add(ramp(1000, 10), 1000, 1000)
    e.add(ramp(3, 2), 1000, 3)
    expect(e.part(5)).toBeUndefined()
    expect(e.part(1)).toMatchObject({ from: 4 })
  })
})

describe('a feed is listened to', () => {
  const HEAD = init()
  /** A second of sound at a time. */
  const piece = (at: number, seconds = 1, offset = 0) => ({
    init: HEAD,
    offset,
    data: fragment(2, at * 48_000, [48_000 * seconds]),
  })
  const sound = (seconds: number) => ({
    duration: seconds,
    sampleRate: 1000,
    getChannelData: () => new Float32Array(seconds * 1000).fill(0.5),
  })
  const heard = async (pieces: ReturnType<typeof piece>[], decode: Decode) => {
    const envelope = new Envelope()
    const listener = new SoundListener(envelope, decode)
    for (const p of pieces) listener.hear(p)
    await vi.waitFor(() => expect(decode).toHaveBeenCalled())
    await new Promise((done) => setTimeout(done))
    return envelope
  }

  it('by what was loaded, at its media time', async () => {
    const envelope = await heard(
      [piece(5), piece(6), piece(7)],
      vi.fn(async () => sound(1)),
    )
    expect(envelope.part(3)).toMatchObject({ from: 5 })
  })
  it('at the media time of the element, which is not that of the fragments', async () => {
    const envelope = await heard(
      [piece(5, 1, -3.5), piece(6, 1, -3.5), piece(7, 1, -3.5)],
      vi.fn(async () => sound(1)),
    )
    expect(envelope.part(3)).toMatchObject({ from: 1.5 })
  })
  it('short pieces together, and not across a gap', async () => {
    const decode = vi.fn<Decode>(async () => sound(1))
    await heard(
      [0, 0.25, 0.5, 0.75, 1, 1.25, 3, 3.25].map((at) => piece(at, 0.25)),
      decode,
    )
    const size = (n: number) => HEAD.length + n * piece(0).data.length
    expect(decode.mock.calls.map(([file]) => file.byteLength)).toEqual([size(4), size(2)])
  })
  it('but not if another length was decoded than announced', async () => {
    const envelope = await heard(
      [piece(5), piece(6), piece(7)],
      vi.fn(async () => sound(0.8)),
    )
    expect(envelope.part(1)).toBeUndefined()
  })
  it('and a piece that cannot be decoded is left out', async () => {
    let n = 0
    const decode = vi.fn(async () => {
      if (++n === 2) throw new DOMException('no', 'EncodingError')
      return sound(1)
    })
    const envelope = await heard([piece(5), piece(6), piece(7), piece(8)], decode)
    expect(envelope.part(2)).toMatchObject({ from: 7 })
    expect(envelope.part(4)).toBeUndefined()
  })
  it('a picture without sound is not decoded, nor anything other than ISO base media', () => {
    const decode = vi.fn<Decode>()
    const listener = new SoundListener(new Envelope(), decode)
    listener.hear({ init: init({ sound: false }), data: fragment(1, 0, [900_000]), offset: 0 })
    listener.hear({ init: HEAD, data: new Uint8Array([0xff, 0xfb, 0x90, 0x64]), offset: 0 })
    expect(decode).not.toHaveBeenCalled()
  })
})

describe('a webview that does not answer', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is given up after three times, and nothing waits for it', async () => {
    const decodeAudioData = vi.fn(() => new Promise<AudioBuffer>(() => undefined))
    const decode = decoder(() => ({ decodeAudioData }))
    for (let i = 0; i < 5; i++) {
      const refused = expect(decode(new ArrayBuffer(1))).rejects.toThrow('the webview')
      await vi.advanceTimersByTimeAsync(10_000)
      await refused
    }
    expect(decodeAudioData).toHaveBeenCalledTimes(3)
  })
})
