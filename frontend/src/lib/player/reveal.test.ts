import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Reveal } from './reveal.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('shows names for three seconds after a change, and controls after the pointer or a key', () => {
  const r = new Reveal()
  expect([r.awake, r.fresh]).toEqual([false, false])
  r.changed()
  expect([r.awake, r.fresh]).toEqual([false, true])
  vi.advanceTimersByTime(2_000)
  r.changed()
  vi.advanceTimersByTime(2_900)
  expect(r.fresh, 'three seconds after the last change').toBe(true)
  vi.advanceTimersByTime(200)
  expect(r.fresh).toBe(false)

  r.wake()
  expect([r.awake, r.fresh]).toEqual([true, true])
  vi.advanceTimersByTime(3_000)
  expect([r.awake, r.fresh]).toEqual([false, false])
  r.wake()
  r.sleep()
  expect(r.awake, 'the pointer has left').toBe(false)
})

it('shows the facts for three seconds after the offset has changed', () => {
  const r = new Reveal()
  r.tune()
  expect([r.awake, r.fresh, r.tuned]).toEqual([false, true, true])
  vi.advanceTimersByTime(3_000)
  expect([r.fresh, r.tuned]).toEqual([false, false])
})

it('keeps the name while the pointer leaves a tile that has just changed', () => {
  const r = new Reveal()
  r.changed()
  r.wake()
  r.sleep()
  expect([r.awake, r.fresh]).toEqual([false, true])
  r.end()
  vi.advanceTimersByTime(10_000)
  expect(r.fresh, 'nothing happens after its end').toBe(true)
})
