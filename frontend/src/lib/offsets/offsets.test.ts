import { describe, expect, it } from 'vitest'
import { changed, fileOf, inSteps, kindOf, OffsetIndex, offsetWords, readFile, unknownOf } from './offsets'

const OFFSETS = [
  { source: 'club', kind: 'Onboard', ms: -1500 },
  { source: 'club', kind: 'Onboard 4', ms: 100 },
  { source: 'club', feed: 'Onboard 7  Arkwright', ms: 250 },
  { source: 'other', feed: 'World', ms: 50 },
]
const index = new OffsetIndex(OFFSETS)
const ms = (source: string, title: string) => index.find({ source, title }).ms

describe('the offset of a feed', () => {
  it('is its own, whatever the case, the spaces and the invisible marks of its title', () => {
    expect(ms('club', '\u202eOnboard\u200b 7\u00a0Arkwright')).toBe(250)
    expect(ms('club', ' onboard 7 ARKWRIGHT ')).toBe(250)
    expect(index.find({ source: 'club', title: 'Onboard 7 Arkwright' }).scope).toEqual({
      feed: 'Onboard 7 Arkwright',
    })
  })
  it('is else that of its longest kind', () => {
    expect([ms('club', 'Onboard 8'), ms('club', 'Onboard 4 Smith'), ms('club', 'Onboard-9')]).toEqual([
      -1500, 100, -1500,
    ])
    expect(index.find({ source: 'club', title: 'Onboard 8' }).scope).toEqual({ kind: 'Onboard' })
  })
  it('is none for other words and other sources', () => {
    expect([ms('club', 'Onboards'), ms('club', 'World'), ms('other', 'Onboard 8')]).toEqual([0, 0, 0])
    expect(index.find({ source: 'club', title: 'World' }).scope).toBeNull()
  })
  it('has steps of 50 ms up to a minute', () => {
    expect([24, 26, 61_000, -99_999, -10, NaN].map(inSteps)).toEqual([0, 50, 60_000, -60_000, 0, 0])
  })
})

it('a change replaces or deletes only what it names', () => {
  const after = changed(OFFSETS, [
    { source: 'club', feed: 'onboard 7 arkwright', ms: 300 },
    { source: 'club', kind: 'ONBOARD', ms: null },
  ])
  expect(new OffsetIndex(after).find({ source: 'club', title: 'Onboard 7 Arkwright' }).ms).toBe(300)
  expect(after).toHaveLength(3)
})

it('a kind is the first word that several feeds of the source share', () => {
  const titles = ['World feed', 'Onboard 7 Arkwright', 'Onboard 44 Okonedo', 'onboard 44 okonedo', 'Timing']
  expect(kindOf('Onboard 44 Okonedo', titles)).toEqual({ kind: 'Onboard', count: 2 })
  expect(kindOf('World feed', titles)).toBeUndefined()
  expect(kindOf('44', ['44', '44 b'])).toBeUndefined()
})

it('an offset is written with its sign', () => {
  expect([250, -1500, 0, 50, 60_000].map(offsetWords)).toEqual([
    '+0.25 s',
    '−1.5 s',
    '0 s',
    '+0.05 s',
    '+60 s',
  ])
})

describe('a file', () => {
  it('comes back as it was', () => {
    expect(readFile(fileOf(OFFSETS)).offsets).toEqual(OFFSETS)
  })
  it('of a newer version, or with absurd values, is refused in one line', () => {
    const why = (doc: unknown) => {
      try {
        readFile(typeof doc === 'string' ? doc : JSON.stringify(doc))
      } catch (e) {
        return (e as Error).message
      }
      return 'read'
    }
    const one = (o: unknown) => why({ version: 1, offsets: [OFFSETS[0], o] })
    expect(why('#EXTM3U')).toContain('not JSON')
    expect(why([])).toContain('not a file of offsets')
    expect(why({ offsets: [] })).toContain('not a file of offsets')
    expect(why({ version: 2, offsets: [{ feed_by_id: 1 }] })).toContain('newer version of Gridwall')
    expect(one({ source: 'club', feed: 'a', ms: 1e9 })).toContain('Offset 2 in this file needs whole ms')
    expect(one({ source: 'club', feed: 'a', ms: 0.5 })).toContain('needs whole ms')
    expect(one({ source: 'club', feed: 'a', kind: 'b', ms: 1 })).toContain('or both')
    expect(one({ source: '', feed: 'a', ms: 1 })).toContain('names no source')
    expect(one(null)).toContain('is not an object')
  })
  it('says how many of its feeds are not listed', () => {
    const feeds = [
      { source: 'club', title: 'Onboard 8' },
      { source: 'other', title: 'WORLD' },
    ]
    expect(unknownOf(OFFSETS, feeds)).toBe(2)
  })
})
