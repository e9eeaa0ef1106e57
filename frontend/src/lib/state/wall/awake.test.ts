import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { state } from '../../../test/state.svelte'
import { KeepAwake } from './awake.svelte'

const desktop = vi.fn<(on: boolean) => Promise<void>>()
const request = vi.fn<() => Promise<WakeLockSentinel>>()
let locks: { released: boolean; release: () => Promise<void> }[]
let hidden = false
const playing = state(false)
let end: () => void

const play = async (on: boolean) => {
  playing.value = on
  flushSync()
  await vi.advanceTimersByTimeAsync(0)
}
const show = async (on: boolean) => {
  hidden = !on
  if (hidden) for (const l of locks) l.released = true
  document.dispatchEvent(new Event('visibilitychange'))
  await vi.advanceTimersByTimeAsync(0)
}
const held = () => locks.filter((l) => !l.released).length

beforeEach(() => {
  vi.useFakeTimers()
  locks = []
  hidden = false
  playing.value = false
  desktop.mockReset().mockResolvedValue()
  request.mockReset().mockImplementation(async () => {
    const lock = { released: false, release: async () => void (lock.released = true) }
    locks.push(lock)
    return lock as unknown as WakeLockSentinel
  })
  Object.defineProperty(navigator, 'wakeLock', { configurable: true, value: { request } })
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  end = new KeepAwake(() => playing.value, { keepAwake: desktop }).follow()
})
afterEach(() => {
  end()
  Reflect.deleteProperty(navigator, 'wakeLock')
  vi.useRealTimers()
})

it('keeps the screen on while something plays, and not after that', async () => {
  await play(true)
  expect([held(), desktop.mock.calls]).toEqual([1, [[true]]])
  await play(false)
  await vi.advanceTimersByTimeAsync(10_000)
  await play(true)
  expect([held(), desktop.mock.calls], 'a stall is over').toEqual([1, [[true]]])
  await play(false)
  await vi.advanceTimersByTimeAsync(15_000)
  expect([held(), desktop.mock.calls]).toEqual([0, [[true], [false]]])
})

it('acquires the browser’s lock again when the page is shown again', async () => {
  await play(true)
  await show(false)
  expect(held()).toBe(0)
  await show(true)
  expect([held(), request.mock.calls.length]).toEqual([1, 2])
  await show(true)
  expect(request).toHaveBeenCalledTimes(2)
  end()
  await vi.advanceTimersByTimeAsync(0)
  expect(held(), 'the wall is gone').toBe(0)
})

it('bears a browser that refuses, or has no lock', async () => {
  request.mockRejectedValue(new DOMException('no', 'NotAllowedError'))
  desktop.mockRejectedValue(new Error('no bus'))
  await play(true)
  expect(held()).toBe(0)
  await play(false)
  await vi.advanceTimersByTimeAsync(15_000)
  Reflect.deleteProperty(navigator, 'wakeLock')
  await play(true)
  expect(desktop.mock.calls).toEqual([[true], [false], [true]])
})
