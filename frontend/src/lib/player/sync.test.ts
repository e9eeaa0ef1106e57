import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveFeed, random, World } from '../../test/feeds'

let world: World
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  world.sync.stop()
  vi.useRealTimers()
})

/** Feeds with the latencies 2, 5, 8 and 12 s and a player's 6 s, whose seeks take 100 to 350 ms, and whose readings are inexact. */
const four = (seed = 1) => {
  const r = random(seed)
  return [8, 11, 14, 18].map(
    (latency) =>
      new LiveFeed({
        latency,
        seeking: () => 100 + 250 * r(),
        noise: () => 10 * (r() - 0.5),
        stutter: 20 * r(),
      }),
  )
}

describe('feeds with date times', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'are in step within 10 s and stay so without being touched again (seed %i)',
    async (seed) => {
      world = new World(...four(seed))
      await world.pass(10)
      const before = world.feeds.map((f) => [f.seeks, f.changes])
      const spreads: number[] = []
      await world.pass(120, () => spreads.push(world.apart()))
      spreads.sort((a, b) => a - b)
      expect(spreads.at(-1)).toBeLessThan(100)
      expect(spreads[spreads.length / 2]).toBeLessThan(70)
      for (const [i, f] of world.feeds.entries()) {
        expect(f.seeks).toBe(before[i]?.[0])
        expect(f.changes - (before[i]?.[1] ?? 0)).toBeLessThanOrEqual(4)
      }
      // The slowest feed is not moved: the others wait for it.
      expect(world.feeds[3]?.seeks).toBe(0)
    },
  )

  it('are in step within 5 s after one gets a new engine, whose media times are others', async () => {
    world = new World(...four())
    await world.pass(30)
    world.feeds[0]?.restart()
    await world.pass(5)
    const spreads: number[] = []
    await world.pass(30, () => spreads.push(world.apart()))
    expect(Math.max(...spreads)).toBeLessThan(100)
    expect(world.feeds.map((f) => f.note)).toEqual(['', '', '', ''])
  })

  it('have rates within 5 %', async () => {
    world = new World(...four())
    const rates: number[] = []
    await world.pass(30, () => rates.push(...world.feeds.map((f) => f.rate)))
    expect(Math.max(...rates)).toBeLessThanOrEqual(1.05)
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.95)
  })

  it('follow clocks that run differently, with few changes', async () => {
    const feeds = four()
    feeds[1] = new LiveFeed({ latency: 11, clock: 1.0002 })
    world = new World(...feeds)
    await world.pass(15)
    const before = feeds[1].changes
    const spreads: number[] = []
    await world.pass(600, () => spreads.push(world.apart()))
    expect(Math.max(...spreads)).toBeLessThan(100)
    expect(feeds[1].changes - before).toBeLessThan(20)
  })

  it.each([
    ['a stall of the slowest', 3, 9_000],
    ['a stall of the fastest', 0, 20_000],
    ['a short stall', 1, 700],
  ])('are in step 5 s after %s, which moves no other feed', async (_what, which, ms) => {
    world = new World(...four())
    await world.pass(15)
    const others = world.feeds.filter((_, i) => i !== which)
    const before = others.map((f) => f.seeks + f.changes)
    world.feeds[which]?.stall(ms)
    await world.pass(ms / 1000, () => expect(world.apart(...others)).toBeLessThan(100))
    await world.pass(5, () => expect(world.apart(...others)).toBeLessThan(100))
    expect(world.apart()).toBeLessThan(100)
    expect(others.map((f) => f.seeks + f.changes)).toEqual(before)
  })

  it('seek together, and back to live', async () => {
    world = new World(...four())
    await world.pass(15)
    world.feeds.forEach((f) => f.userSeeks(-10))
    await world.pass(5)
    expect(world.apart()).toBeLessThan(100)
    const behind = world.feeds[0]?.options.latency
    world.sync.goLive()
    await world.pass(5)
    expect(world.apart()).toBeLessThan(100)
    expect((Date.now() - (world.feeds[3]?.date ?? 0)) / 1000).toBeCloseTo(18, 0)
    expect(behind).toBe(8)
  })

  it('wait for a feed that joins with a higher latency, and not for one with a lower', async () => {
    const [a, b, c, d] = four() as [LiveFeed, LiveFeed, LiveFeed, LiveFeed]
    world = new World(b, c)
    await world.pass(10)
    world.add(a)
    const before = b.seeks + c.seeks
    await world.pass(10)
    expect(world.apart()).toBeLessThan(100)
    expect(b.seeks + c.seeks).toBe(before)
    const joined = new LiveFeed(d.options)
    world.add(joined)
    await world.pass(10)
    expect(world.apart()).toBeLessThan(100)
    expect(joined.seeks).toBe(0)
  })

  it('stay where they are when a feed joins whose playlist was loaded late', async () => {
    world = new World(...four())
    await world.pass(10)
    const others = [...world.feeds]
    const before = others.map((f) => [f.seeks, f.changes])
    // The live edge is known from its first playlist alone, which was nearly replaced by the next one.
    world.add(new LiveFeed({ latency: 18, stale: 1.9 }))
    await world.pass(10)
    expect(others.map((f) => [f.seeks, f.changes])).toEqual(before)
    expect(world.apart()).toBeLessThan(100)
  })

  it('go on without a feed that is paused, which catches up', async () => {
    world = new World(...four())
    await world.pass(15)
    const [a, ...others] = world.feeds as [LiveFeed, ...LiveFeed[]]
    const before = others.map((f) => f.seeks)
    a.pause(true)
    await world.pass(60)
    a.pause(false)
    await world.pass(5)
    expect(world.apart()).toBeLessThan(100)
    expect(others.map((f) => f.seeks)).toEqual(before)
  })

  it('are only compared while it is switched off', async () => {
    world = new World(...four())
    world.sync.on = false
    await world.pass(15)
    expect(world.feeds.map((f) => f.seeks + f.changes)).toEqual([0, 0, 0, 0])
    expect(world.sync.spread).toBeGreaterThan(9_000)
  })
})

const HOUR = 3_600_000
describe.each([
  ['is three hours off', (d: number) => d - 3 * HOUR, /date time is off by 3 h/],
  ['is five days ahead', (d: number) => d + 120 * HOUR, /date time is off by 5 days/],
  ['jumps to and fro', (d: number) => d + (Math.floor(d / 20_000) % 2) * 7_000, /date time jumped by 7.0 s/],
  [
    'jumps ahead at each ad',
    (d: number) => d + 4_000 * Math.floor((d % 1e7) / 30_000),
    /date time jumped by 4.0 s/,
  ],
  [
    'runs backwards',
    (d: number) => d - 2 * Math.floor((d % 1e7) / 2_000) * 2_000,
    /date time runs backwards/,
  ],
])('a feed whose date time %s', (_what, says, note) => {
  it('is left out, says so, and disturbs no other', async () => {
    const feeds = four()
    const bad = new LiveFeed({ latency: 9, says })
    world = new World(...feeds)
    await world.pass(15)
    const before = feeds.map((f) => f.seeks + f.changes)
    world.add(bad)
    let said = ''
    await world.pass(240, () => {
      said ||= note.test(bad.note) ? bad.note : ''
      expect(world.apart(...feeds)).toBeLessThan(100)
    })
    expect(said).toMatch(note)
    feeds.forEach((f, i) => expect(f.seeks + f.changes - (before[i] ?? 0)).toBeLessThanOrEqual(4))
    expect(bad.seeks).toBeLessThanOrEqual(6)
  })
})

it.each([null, 25_000])(
  'a feed whose date time is hours off keeps no other from live (delay %s)',
  async (wanted) => {
    const feeds = four()
    world = new World(...feeds, new LiveFeed({ latency: 9, says: (d) => d - 3 * HOUR, reach: () => 30 }))
    world.wanted = wanted
    await world.pass(15)
    world.sync.goLive()
    await world.pass(1, () => {
      for (const f of feeds) expect(world.behind(f)).toBeLessThan(30_000)
    })
  },
)

it('a feed whose date time jumps once is in step again, where its dates say', async () => {
  let shift = 0
  const feeds = four()
  const jumpy = new LiveFeed({ latency: 9, says: (d) => d + shift })
  world = new World(...feeds, jumpy)
  await world.pass(15)
  shift = 5_000
  await world.pass(10)
  expect(jumpy.note).toMatch(/jumped by 5.0 s/)
  await world.pass(25)
  expect(jumpy.note).toBe('')
  expect(Math.abs(jumpy.date + shift - (feeds[0]?.date ?? 0))).toBeLessThan(100)
  expect(world.apart(...feeds)).toBeLessThan(100)
})

it('dates that jitter from segment to segment average out', async () => {
  const feeds = four()
  const r = random(5)
  const errors = Array.from({ length: 100 }, () => 300 * (r() - 0.5))
  world = new World(
    ...feeds,
    new LiveFeed({ latency: 9, says: (d) => d + (errors[Math.floor(d / 2_000) % 100] ?? 0) }),
  )
  await world.pass(30)
  const before = world.feeds.at(-1)?.changes ?? 0
  await world.pass(120)
  expect(world.apart(...feeds)).toBeLessThan(100)
  expect((world.feeds.at(-1)?.changes ?? 0) - before).toBeLessThan(24)
  expect(world.apart()).toBeLessThan(250)
})

it('a feed that cannot keep its place is not sought back and forth', async () => {
  const feeds = four()
  const weak = new LiveFeed({ latency: 9, seeking: () => 4_000 })
  world = new World(...feeds, weak)
  await world.pass(120)
  expect(weak.seeks).toBeLessThanOrEqual(8)
  expect(world.apart()).toBeLessThan(100)
})

describe('a common delay', () => {
  const near = (ms: number) => Math.abs(ms) < 100

  it('is exact by the server’s clock, also for a single feed', async () => {
    world = new World(...four())
    world.wanted = 30_000
    world.ahead = 5_000
    // By the server's clock what was filmed is dated 5 s later.
    world.feeds.forEach((f) => (f.options.says = (d) => d + 5_000))
    await world.pass(10)
    for (const f of world.feeds) expect(near(world.behind(f) - 35_000)).toBe(true)
    expect(world.sync.delay).toBeCloseTo(30_000, -2)
    expect(world.sync.limit).toBeNull()
    const [a, ...rest] = world.feeds as [LiveFeed, ...LiveFeed[]]
    rest.forEach((f) => world.remove(f))
    world.wanted = 20_000
    await world.pass(6)
    expect(near(world.behind(a) - 25_000)).toBe(true)
  })

  it('is the least possible if a feed cannot be nearer, and says which', async () => {
    world = new World(...four())
    world.wanted = 10_000
    await world.pass(10)
    expect(world.apart()).toBeLessThan(100)
    expect(near(world.behind(world.feeds[3] as LiveFeed) - 18_000)).toBe(true)
    expect(world.sync.limit?.title).toBe(world.feeds[3]?.key)
    world.wanted = 25_000
    await world.pass(6)
    expect(near(world.behind(world.feeds[3] as LiveFeed) - 25_000)).toBe(true)
    expect(world.sync.limit).toBeNull()
  })

  it('moves by half a second without another seek than its own', async () => {
    world = new World(...four())
    world.wanted = 25_000
    await world.pass(10)
    const before = world.feeds.map((f) => f.seeks)
    world.wanted = 25_500
    await world.pass(5)
    for (const f of world.feeds) expect(near(world.behind(f) - 25_500)).toBe(true)
    world.feeds.forEach((f, i) => expect(f.seeks - (before[i] ?? 0)).toBeLessThanOrEqual(2))
  })

  it('goes on after a stall, and after going live', async () => {
    world = new World(...four())
    world.wanted = 25_000
    await world.pass(10)
    world.feeds[1]?.stall(3_000)
    await world.pass(8)
    for (const f of world.feeds) expect(near(world.behind(f) - 25_000)).toBe(true)
    world.sync.goLive()
    await world.pass(6)
    for (const f of world.feeds) expect(near(world.behind(f) - 25_000)).toBe(true)
  })

  it('is measured from the live edge for a feed without date times', async () => {
    const undated = new LiveFeed({ latency: 6, says: () => null })
    world = new World(...four(), undated)
    world.wanted = 25_000
    await world.pass(12)
    // The live position of the simulated feed is its live edge.
    expect(near((undated.position - undated.at) * 1000 - 25_000)).toBe(true)
    world.wanted = null
    const { seeks } = undated
    await world.pass(10)
    expect(undated.seeks).toBe(seeks)
  })

  it('is the greatest possible if a feed reaches less far back, and says which', async () => {
    const feeds = four()
    const short = new LiveFeed({ latency: 9, reach: () => 30 })
    world = new World(...feeds, short)
    world.wanted = 500_000
    await world.pass(12)
    await world.pass(60, () => {
      expect(world.apart()).toBeLessThan(100)
      // The start of the playlist does not overtake what is shown.
      expect(short.at - short.start).toBeGreaterThan(1)
    })
    expect(world.behind(short)).toBeGreaterThan(24_000)
    expect(world.sync.limit).toMatchObject({ title: short.key, far: true })
    expect(near((world.sync.limit?.delay ?? 0) - world.behind(short))).toBe(true)
    // Without that feed, all have the delay that is wanted, however far that is from where they were.
    world.remove(short)
    await world.pass(8)
    for (const f of feeds) expect(near(world.behind(f) - 500_000)).toBe(true)
    expect(world.sync.limit).toBeNull()
  })

  it.each([
    ['goes no further back', 500_000],
    ['comes no nearer', 10_000],
  ])('%s while the feed that limits it stalls, starts again or is paused', async (_what, wanted) => {
    const limits = new LiveFeed({ latency: 18, reach: () => 34 })
    world = new World(...four().slice(0, 3), limits)
    world.wanted = wanted
    await world.pass(40)
    const others = world.feeds.slice(0, 3)
    const before = others.map((f) => f.seeks)
    limits.stall(6_000)
    await world.pass(15)
    limits.restart()
    limits.stall(6_000)
    await world.pass(15)
    limits.pause(true)
    await world.pass(60)
    limits.pause(false)
    await world.pass(10)
    expect(others.map((f) => f.seeks)).toEqual(before)
    expect(world.apart()).toBeLessThan(100)
    expect(world.sync.limit?.title).toBe(limits.key)
  })

  it('grows rarely while a playlist grows, until it is the one that is wanted', async () => {
    const began = Date.now()
    const growing = new LiveFeed({ latency: 9, reach: () => 30 + (Date.now() - began) / 1000 })
    world = new World(...four(), growing)
    world.wanted = 200_000
    await world.pass(12)
    const before = growing.seeks
    await world.pass(260)
    for (const f of world.feeds) expect(near(world.behind(f) - 200_000)).toBe(true)
    expect(growing.seeks - before).toBeLessThanOrEqual(10)
  })

  it('of minutes is also that of a feed that joins, which begins at its live edge', async () => {
    world = new World(...four())
    world.wanted = 500_000
    await world.pass(10)
    const joins = new LiveFeed({ latency: 9 })
    world.add(joins)
    await world.pass(8)
    expect(near(world.behind(joins) - 500_000)).toBe(true)
    expect(joins.note).toBe('')
  })

  it('ends when it is switched off, with the feeds in sync where they are', async () => {
    world = new World(...four())
    world.wanted = 25_000
    await world.pass(10)
    const before = world.feeds.map((f) => f.seeks)
    world.wanted = null
    await world.pass(10)
    expect(world.apart()).toBeLessThan(100)
    expect(world.feeds.map((f) => f.seeks)).toEqual(before)
  })
})
