import { describe, expect, it } from 'vitest'
import { decide, type Playing } from './decide'

/** A feed with a delay in s, and the least that it could have. */
const feed = (
  key: string,
  delay: number | null,
  nearest: number | null = delay,
  trusted = true,
  slack = 0,
): Playing => ({
  key,
  delay: delay === null ? null : delay * 1000,
  nearest: nearest === null ? null : nearest * 1000,
  slack: slack * 1000,
  trusted,
})
const S = 1000
/** The common delay in s, and the drift of each feed in ms. */
const of = (feeds: Playing[], before: number | null = null, wanted: number | null = null) => {
  const d = decide(feeds, before === null ? null : before * S, wanted === null ? null : wanted * S)
  return {
    delay: d.delay === null ? null : d.delay / S,
    drifts: feeds.map((f) => d.standings.get(f.key)?.drift),
  }
}

describe('the common position', () => {
  it('is that of the feed with the highest latency', () => {
    expect(of([feed('a', 8), feed('b', 11), feed('c', 18)])).toEqual({
      delay: 18,
      drifts: [10_000, 7_000, 0],
    })
  })
  it('moves no feed that is a little behind the position that it could have', () => {
    expect(of([feed('a', 8), feed('b', 18.9, 18)]).delay).toBe(18.9)
  })
  it('is that of the foremost if all could be nearer', () => {
    expect(of([feed('a', 40, 8), feed('b', 60, 18)]).delay).toBe(40)
    expect(of([feed('a', 40, null), feed('b', 60, null)]).delay).toBe(40)
  })
  it('stays when one feed falls back, jumps ahead, or leaves', () => {
    expect(of([feed('a', 18, 8), feed('b', 30, 18)], 18)).toEqual({ delay: 18, drifts: [0, -12_000] })
    expect(of([feed('a', 12, 8), feed('b', 18)], 18).delay).toBe(18)
    expect(of([feed('a', 18, 8), feed('b', 18, 11)], 18).delay).toBe(18)
  })
  it('is later for a feed that needs it, but not for one whose dates jumped', () => {
    const two = [feed('a', 18, 8), feed('b', 18)]
    expect(of([...two, feed('c', 25)], 18).delay).toBe(25)
    expect(of([...two, feed('c', 25, 25, false)], 18).delay).toBe(18)
    expect(of([...two, feed('c', 18.1)], 18).delay).toBe(18)
  })
  it('stays for a feed whose live edge may be nearer than it is known to be', () => {
    const two = [feed('a', 18, 8), feed('b', 18)]
    expect(of([...two, feed('c', 19.9, 19.9, true, 2)], 18)).toEqual({ delay: 18, drifts: [0, 0, -1_900] })
    expect(of([...two, feed('c', 20.1, 20.1, true, 2)], 18).delay).toBe(20.1)
    expect(of([...two, feed('c', 19.9, 19.9, true, 2)], 18, 10).delay).toBe(18)
  })
  it('is nearer when all are, or could be', () => {
    expect(of([feed('a', 8), feed('b', 18, 11)], 18).delay).toBe(11)
  })
  it('is unknown for a single feed, or if only one has dates', () => {
    expect(of([feed('a', 8)])).toEqual({ delay: null, drifts: [null] })
    expect(of([feed('a', 8), feed('b', null)]).delay).toBeNull()
  })
})

describe('a delay that the user chose', () => {
  it('is kept by a single feed, too', () => {
    expect(of([feed('a', 8)], null, 30)).toEqual({ delay: 30, drifts: [22_000] })
  })
  it('is the least possible if a feed cannot be nearer, and does not follow its jitter', () => {
    const feeds = [feed('a', 8), feed('b', 18)]
    expect(of(feeds, null, 10).delay).toBe(18)
    expect(of([feed('a', 18, 8), feed('b', 18, 17.8)], 18, 10).delay).toBe(18)
    expect(of(feeds, 18, 20).delay).toBe(20)
  })
})

describe('a feed whose date time is off', () => {
  const far = (feeds: Playing[], before: number | null = null) => {
    const { standings } = decide(feeds, before)
    return feeds.map((f) => standings.get(f.key)?.far ?? null)
  }
  it('is left out, and the others are compared', () => {
    const feeds = [feed('a', 3600 + 8), feed('b', 8), feed('c', 18)]
    expect(of(feeds).drifts).toEqual([null, 10_000, 0])
    expect(far(feeds)).toEqual([-3_590_000, null, null])
  })
  it('is the one whose delay is less likely if there are two', () => {
    expect(far([feed('a', 3600 + 8), feed('b', 8)])).toEqual([-3_600_000, null])
    expect(far([feed('a', -3600), feed('b', 8)])).toEqual([3_608_000, null])
  })
})
