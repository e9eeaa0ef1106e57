import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fragment, init } from '../mp4.fixture'
import type { SoundHearer } from '../sound-pieces'
import { Panned } from './panned'

/** A context whose clock is that of the test, and what it was asked to play. */
class FakeContext {
  state = 'running'
  baseLatency = 0
  outputLatency = 0
  destination = {}
  began = Date.now()
  started: { when: number; offset: number; lasts: number; stopped?: number }[] = []
  gains: { value: number }[] = []
  get currentTime() {
    return (Date.now() - this.began) / 1000
  }
  param() {
    const p = {
      value: 0,
      setTargetAtTime: (v: number) => void (p.value = v),
      setValueAtTime: () => undefined,
      linearRampToValueAtTime: () => undefined,
      cancelScheduledValues: () => undefined,
    }
    return p
  }
  node(more: object) {
    return { connect: (to: unknown) => to, disconnect: () => undefined, ...more }
  }
  createStereoPanner = () => this.node({ pan: this.param() })
  createGain = () => {
    const gain = this.param()
    this.gains.push(gain)
    return this.node({ gain })
  }
  createBufferSource = () => {
    const mine = { when: 0, offset: 0, lasts: 0 } as FakeContext['started'][number]
    return this.node({
      start: (when: number, offset: number, lasts: number) =>
        this.started.push(Object.assign(mine, { when, offset, lasts })),
      stop: (when: number) => (mine.stopped = when),
    })
  }
  decodeAudioData = async () => ({ duration: 2, numberOfChannels: 0, sampleRate: 48_000, length: 96_000 })
}

const HEAD = init()
let context: FakeContext
let video: { currentTime: number; paused: boolean; seeking: boolean; readyState: number }
let hearer: SoundHearer
const changed = vi.fn()
const ended = vi.fn()
let panned: Panned
const load = (...at: number[]) =>
  at.forEach((t) =>
    hearer.hear({ init: new Uint8Array(HEAD), data: fragment(2, t * 48_000, [96_000]), offset: 0 }),
  )
/** Lets time pass, with the video playing. */
async function pass(seconds: number) {
  for (let ms = 0; ms < seconds * 1000; ms += 50) {
    if (!video.paused && !video.seeking) video.currentTime += 0.05
    await vi.advanceTimersByTimeAsync(50)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('AudioBuffer', class {})
  changed.mockReset()
  ended.mockReset()
  context = new FakeContext()
  video = { currentTime: 100, paused: false, seeking: false, readyState: 4 }
  panned = new Panned(
    context as unknown as AudioContext,
    video as unknown as HTMLVideoElement,
    (h) => {
      hearer = h
      return ended
    },
    changed,
  )
})
afterEach(() => {
  panned.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the sound of a panned feed', () => {
  it('is heard when its picture is shown, each piece once', async () => {
    load(100, 102, 104)
    await pass(4.5)
    expect(context.started).toHaveLength(3)
    const [first, second, third] = context.started
    // The first one has begun already when it is decoded.
    expect((first?.when ?? 0) - (first?.offset ?? 0)).toBeCloseTo(0, 1)
    expect(second?.when).toBeCloseTo(2, 1)
    expect(third?.when).toBeCloseTo(4, 1)
    expect(second?.lasts).toBeCloseTo(2, 1)
  })

  it('is the element’s own until there is some, and again where there is none', async () => {
    await pass(1)
    expect([panned.element, changed.mock.calls.length]).toEqual(['heard', 0])
    panned.set(0.7, -1)
    expect(context.gains[0]?.value).toBe(0)
    load(100, 102)
    await pass(1)
    expect([panned.element, changed.mock.calls.length]).toEqual(['silent', 1])
    panned.set(0.7, -1)
    expect(context.gains[0]?.value).toBe(0.7)
    await pass(4)
    expect([panned.element, changed.mock.calls.length]).toEqual(['heard', 2])
  })

  it('follows a seek, and is silent while the picture stands still', async () => {
    load(100, 102, 104, 106)
    await pass(1)
    const before = [...context.started]
    video.currentTime = 106
    await pass(0.5)
    expect(before.every((s) => s.stopped !== undefined)).toBe(true)
    const after = context.started.slice(before.length)
    expect(after).toHaveLength(1)
    video.paused = true
    await pass(1)
    expect(after[0]?.stopped).toBeDefined()
    const count = context.started.length
    video.paused = false
    await pass(0.5)
    expect(context.started.length).toBe(count + 1)
  })

  it('is handed over earlier if the device is late', async () => {
    context.outputLatency = 0.2
    load(100, 102)
    await pass(2)
    expect(context.started[1]?.when).toBeCloseTo(1.8, 1)
  })

  it('ends with it', () => {
    panned.close()
    expect(ended).toHaveBeenCalledOnce()
  })
})
