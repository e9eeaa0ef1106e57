import { expect, it } from 'vitest'
import { edgeOf, livePositionOf } from './engine-hls'

const details = { edge: 100, age: 1, targetduration: 4, fragmentStart: 40 }

it('a playlist that does not grow has its live edge at its last segment, wherever the clock is', () => {
  expect(edgeOf(details)).toBe(101)
  expect(livePositionOf(details, 12)).toBe(89)
  const standing = { ...details, age: 300 }
  expect(edgeOf(standing)).toBe(104)
  expect(livePositionOf(standing, 12), 'what comes next is not skipped').toBe(92)
})

it('the live position lies within the listed segments', () => {
  expect(livePositionOf({ ...details, fragmentStart: 95 }, 12)).toBe(95)
  expect(livePositionOf(details, 0)).toBe(96)
})
