import { expect, it } from 'vitest'
import { edgeOf, livePositionOf, waitsAtEdge } from './engine-hls'

const details = { edge: 100, age: 1, targetduration: 4, fragmentStart: 40 }

it('the live edge of a playlist that does not grow is at most one target duration after its last segment', () => {
  expect(edgeOf(details)).toBe(101)
  expect(livePositionOf(details, 12)).toBe(89)
  const stalled = { ...details, age: 300 }
  expect(edgeOf(stalled)).toBe(104)
  expect(livePositionOf(stalled, 12), 'the next segments are not skipped').toBe(92)
})

it('the live position lies within the listed segments', () => {
  expect(livePositionOf({ ...details, fragmentStart: 95 }, 12)).toBe(95)
  expect(livePositionOf(details, 0)).toBe(96)
})

it('a playhead that has played all there is waits, and is not sought back', () => {
  expect(waitsAtEdge(106, 106.005)).toBe(true)
  expect(waitsAtEdge(106, 104)).toBe(false)
  expect(waitsAtEdge(106, 200), 'another time line').toBe(false)
  expect(waitsAtEdge()).toBe(false)
})
