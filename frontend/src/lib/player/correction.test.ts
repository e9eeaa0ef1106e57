import { expect, it } from 'vitest'
import { Correction } from './correction'

const TICK = 200
/** Calls it with a drift for some seconds; returns the steps. */
const run = (c: Correction, from: number, seconds: number, drift: (now: number) => number | null) =>
  Array.from({ length: (seconds * 1000) / TICK }, (_, i) =>
    c.next(from + i * TICK, drift(from + i * TICK), TICK),
  )

it('a seek to where nothing is listed yet does not count, so that the feed comes back as soon as there is more', () => {
  const c = new Correction()
  // At the end of its playlist for 14 s, further and further behind.
  for (let now = 0; now < 14_000; now += TICK) if (c.next(now, -now - 1_000, TICK).seek !== 0) c.refused()
  const after = run(c, 14_000, 1, () => -15_000)
  expect(after.find((s) => s.seek !== 0)?.seek).toBeGreaterThan(15_000)
})

it('a feed that may not be sought any more catches up by its rate, without a pause', () => {
  const c = new Correction()
  run(c, 0, 10, () => -5_000)
  const rates = run(c, 10_000, 5, () => -5_000).map((s) => s.rate)
  expect(rates).toEqual(rates.map(() => 1.05))
})
