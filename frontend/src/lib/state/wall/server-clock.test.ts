import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pageClock } from '../../time/page-clock'
import { ServerClock } from './server-clock'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server whose clock is ahead by this much, in ms, and the times that request and answer take. */
const server = (ahead: number, ...trips: [number, number][]) => {
  let i = 0
  return async () => {
    const [there, back] = trips[i++ % trips.length] ?? [0, 0]
    await new Promise((r) => setTimeout(r, there))
    const now = pageClock() + ahead
    await new Promise((r) => setTimeout(r, back))
    return { now }
  }
}
const measured = async (clock: ServerClock) => {
  const done = clock.measure()
  await vi.runAllTimersAsync()
  await done
  return clock.ahead
}

it('is measured by the fastest of several requests', async () => {
  const clock = new ServerClock(server(5_000, [300, 20], [4, 4], [10, 200]))
  expect(clock.known).toBe(false)
  expect(await measured(clock)).toBeCloseTo(5_000, 0)
  expect(clock.known).toBe(true)
})

it('does not follow the error of a measurement, but a change of the server’s clock', async () => {
  let ahead = 5_000
  const clock = new ServerClock(() => server(ahead, [4, 4])())
  await measured(clock)
  ahead = 5_006
  expect(await measured(clock)).toBeCloseTo(5_000, 0)
  ahead = 5_100
  expect(await measured(clock)).toBeCloseTo(5_100, 0)
})

it('stays when the server does not respond', async () => {
  let down = false
  const clock = new ServerClock(async () => {
    if (down) throw new Error('down')
    return server(-700, [4, 4])()
  })
  await measured(clock)
  down = true
  expect(await measured(clock)).toBeCloseTo(-700, 0)
})
