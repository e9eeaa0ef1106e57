import { describe, expect, it } from 'vitest'
import { ago, clock, factsOf, megabits } from './facts'
import { NO_STATS } from './types'

const say = (facts: ReturnType<typeof factsOf>) =>
  facts.map((f) => [f.word, f.value, f.unit].filter((s) => s !== '').join(' '))

describe('the line of facts', () => {
  it('shows rate, buffer, distance to live and dropped frames with their units', () => {
    const stats = { ...NO_STATS, bitrate: 5_800_000, buffer: 7.24, behind: 6.1, dropped: 0 }
    expect(say(factsOf(stats, null))).toEqual(['5.8 Mb/s', 'buffer 7.2 s', 'live −6.1 s', 'dropped 0'])
  })
  it('leaves out unknown facts', () => {
    expect(say(factsOf(NO_STATS, null))).toEqual(['buffer 0.0 s', 'dropped 0'])
  })
  it.each([
    [20, 'drift +20 ms'],
    [-44, 'drift −40 ms'],
    [3, 'drift 0 ms'],
    [-4, 'drift 0 ms'],
    [1250, 'drift +1.3 s'],
    [-90_000, 'drift −90.0 s'],
  ])('shows a drift of %i ms as %s', (drift, text) => {
    expect(say(factsOf(NO_STATS, drift))).toContain(text)
  })
  it('shows a long distance behind live as a clock', () => {
    expect(say(factsOf({ ...NO_STATS, behind: 754 }, null))).toContain('live −12:34')
  })
})

it.each([
  [5_800_000, '5.8 Mb/s'],
  [999_600, '1.0 Mb/s'],
  [238_400, '238 kb/s'],
])('%i bit/s are %s', (bitrate, text) => expect(megabits(bitrate)).toBe(text))

it.each([
  [21.9, '0:21'],
  [725, '12:05'],
  [3723, '1:02:03'],
  [-3, '0:00'],
])('%d s on a clock are %s', (s, text) => expect(clock(s)).toBe(text))

it.each([
  [9.9, '9 s'],
  [240, '4 min'],
  [7300, '2 h'],
])('%d s ago are %s', (s, text) => expect(ago(s)).toBe(text))
