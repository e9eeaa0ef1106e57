import { expect, it } from 'vitest'
import { Follow } from './schedule'

const plays = (media: number) => ({ media, plays: true })

it('sound is heard when the element is there', () => {
  const f = new Follow()
  expect(f.when(50)).toBeNull()
  expect(f.at(10, plays(50))).toBe(false)
  expect(f.when(50.5)).toBe(10.5)
  expect(f.at(10.2, plays(50.21)), 'readings are not exact').toBe(false)
  expect(f.when(50.5)).toBe(10.5)
})

it('what was handed over is void after a seek, a stall, and when the picture has drifted away', () => {
  const f = new Follow()
  f.at(10, plays(50))
  expect(f.at(10.2, plays(40.2))).toBe(true)
  expect(f.when(41)).toBeCloseTo(11)
  expect(f.at(10.4, { media: 40.3, plays: false })).toBe(true)
  expect(f.at(10.6, { media: 40.3, plays: false })).toBe(false)
  expect(f.when(41)).toBeNull()
  expect(f.at(12, plays(40.3)), 'nothing was handed over meanwhile').toBe(false)
  // At 1.05 of the speed it is off by 10 ms each time.
  const void_ = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => f.at(12 + n * 0.2, plays(40.3 + n * 0.21)))
  expect(void_.filter(Boolean)).toHaveLength(1)
})
