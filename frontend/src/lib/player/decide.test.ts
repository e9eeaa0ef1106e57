import { describe, expect, it } from 'vitest'
import { decide, type Playing } from './decide'

const T = 1_800_000_000_000
const feed = (id: string, date: number | null, over: Partial<Playing> = {}): Playing => ({
  id,
  date: date === null ? null : T + date,
  room: 0,
  correcting: false,
  ...over,
})
const of = (feeds: Playing[], on = true) => {
  const { moves, spread } = decide(feeds, on)
  return { spread, moves: moves.map((m) => [m.id, m.drift, m.rate, m.seek === null ? null : m.seek - T]) }
}

describe('synchronised playback', () => {
  it('waits for the slowest feed, correcting a medium drift by at most 5 % of speed', () => {
    expect(of([feed('a', 0), feed('b', 100), feed('c', 900)])).toEqual({
      spread: 900,
      moves: [
        ['a', 0, 1, null],
        ['b', 100, 0.975, null],
        ['c', 900, 0.95, null],
      ],
    })
  })
  it('ignores a drift too small to see', () => {
    expect(of([feed('a', 0), feed('b', 60)]).moves).toEqual([
      ['a', 0, 1, null],
      ['b', 60, 1, null],
    ])
  })
  it('finishes a correction that has begun', () => {
    const rate = (drift: number, correcting: boolean) =>
      of([feed('a', 0), feed('b', drift, { correcting })]).moves[1]?.[2]
    expect([rate(40, true), rate(20, true), rate(40, false)]).toEqual([0.99, 1, 1])
  })
  it('seeks to correct a large drift', () => {
    expect(of([feed('a', 0), feed('b', 3001)]).moves[1]).toEqual(['b', 3001, 1, 0])
  })
  it('lets a feed that can play nearer to live catch up, and does not delay the others', () => {
    expect(of([feed('a', 0, { room: 9000 }), feed('b', 2000), feed('c', 2000)]).moves).toEqual([
      ['a', -2000, 1.05, null],
      ['b', 0, 1, null],
      ['c', 0, 1, null],
    ])
    expect(of([feed('a', 0, { room: 9000 }), feed('b', 8000), feed('c', 8000)]).moves[0]).toEqual([
      'a',
      -8000,
      1,
      8000,
    ])
  })
  it('catches up half way if there is room for only half', () => {
    expect(of([feed('a', 0, { room: 500 }), feed('b', 1000)]).moves.map((m) => m[1])).toEqual([-500, 500])
  })
  it('does nothing for a single feed, or if only one feed has dates', () => {
    expect(of([feed('a', 0)])).toEqual({ spread: null, moves: [['a', null, 1, null]] })
    expect(of([feed('a', 0), feed('b', null)]).spread).toBeNull()
  })
  it('ignores a feed whose dates are far from the others', () => {
    expect(of([feed('a', 0), feed('b', 100), feed('c', 3_600_000)])).toEqual({
      spread: 100,
      moves: [
        ['a', 0, 1, null],
        ['b', 100, 0.975, null],
        ['c', null, 1, null],
      ],
    })
  })
  it('only measures drifts when it is switched off', () => {
    expect(of([feed('a', 0), feed('b', 5000)], false)).toEqual({
      spread: 5000,
      moves: [
        ['a', 0, 1, null],
        ['b', 5000, 1, null],
      ],
    })
  })
})
