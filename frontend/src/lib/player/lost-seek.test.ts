import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { repeatLostSeeks } from './lost-seek'

let [at, seeking, buffered] = [0, false, 0]
let off: AbortController
const video = new EventTarget() as HTMLVideoElement
Object.defineProperties(video, {
  currentTime: {
    get: () => at,
    set: (to: number) => {
      at = to
      seeks.push(to)
    },
  },
  seeking: { get: () => seeking },
  buffered: { get: () => ({ length: 1, start: () => 50, end: () => 50 + buffered }) },
})
const seeks: number[] = []
function seek(to: number): void {
  at = to
  seeking = true
  video.dispatchEvent(new Event('seeking'))
}

beforeEach(() => {
  vi.useFakeTimers()
  seeks.length = 0
  buffered = 0
  off = new AbortController()
  repeatLostSeeks(video, off.signal)
})
afterEach(() => {
  off.abort()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

it('a seek that does not end is repeated when its media is there, less and less often', async () => {
  seek(50)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(seeks, 'nothing to play yet').toEqual([])
  buffered = 2
  await vi.advanceTimersByTimeAsync(400)
  expect(seeks).toEqual([])
  await vi.advanceTimersByTimeAsync(100)
  expect(seeks).toEqual([50.02])
  await vi.advanceTimersByTimeAsync(900)
  expect(seeks).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(seeks.length).toBeGreaterThan(4)
  expect(seeks.length).toBeLessThan(12)
})

it('a seek that ends is left alone, and the next one gets no more time', async () => {
  buffered = 2
  seek(50)
  await vi.advanceTimersByTimeAsync(600)
  expect(seeks).toHaveLength(1)
  seeking = false
  video.dispatchEvent(new Event('seeked'))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(seeks).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
  seek(51)
  await vi.advanceTimersByTimeAsync(400)
  expect(seeks, 'what the last one took does not count').toHaveLength(1)
  await vi.advanceTimersByTimeAsync(100)
  expect(seeks).toHaveLength(2)
})
