import { expect, it } from 'vitest'
import { roomFor, tickLabels, tickTime } from './axis'

it('an axis has room for its widest label', () => {
  const width = (label: string) => label.length * 7
  expect(roomFor(['0 ms', '−100000 ms'], width)).toBeGreaterThan(70)
  expect([roomFor(['0 ms'], width), roomFor([], width), roomFor(null, width)]).toEqual([62, 62, 62])
})

it('the times of an axis have 24 hours', () => {
  const at = new Date(2026, 10, 28, 21, 5, 30).getTime() / 1000
  expect([tickTime(at, 10), tickTime(at, 60)]).toEqual(['21:05:30', '21:05'])
})

it('two ticks of an axis do not have the same label', () => {
  expect(tickLabels([-0.5, 0, 0.4, 1], (v) => `${Math.abs(Math.round(v))} ms`)).toEqual([
    '0 ms',
    '',
    '',
    '1 ms',
  ])
})
