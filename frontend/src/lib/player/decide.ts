// Synchronised playback: where all feeds should be, without players and clocks. All times are in ms.

/** The state of a playing feed. Delays are how long ago it was filmed what the feed shows, by its date time and its offset. */
export interface Playing {
  key: string
  /** The delay at the playhead; null: it has no date time that can be trusted, or does not play. */
  delay: number | null
  /** The least delay at which it could play; null: unknown, for example because it is time-shifted. */
  nearest: number | null
  /** The greatest delay at which it can play on, because its playlist reaches no further back; null: unknown, or of no concern. */
  farthest?: number | null
  /** How much nearer it could in truth play, because its live edge is only known from when its playlist was loaded. */
  slack: number
  /** Whether the others may wait for it. */
  trusted: boolean
}

/** What a feed is to the others. `far`: its date time is so far from the others' that it must be wrong. */
export type Standing = { drift: number; far: null } | { drift: null; far: number | null }

export interface Decision {
  /** The delay that all should have; null: nothing to compare. */
  delay: number | null
  /** By key. drift: how far ahead (+) of the common position or behind it (−). */
  standings: Map<string, Standing>
  /** How far the first and the last feed are apart; null: nothing to compare. */
  spread: number | null
}

/** More than this is not a drift but a different programme or a wrong clock, which a manual offset can correct. */
export const ABSURD = 120_000
/** A feed that needs this much more delay than the others have, or its slack, makes them wait. Less is jitter of its playlist. */
const LATER = 250
/** If all feeds are, or could be, this much nearer than the common position, it moves nearer. */
const NEARER = 1_000
/** A feed this much behind the position that it could have stays where it is when the position is chosen. */
const SPARED = 1_000
/** If the feeds cannot have the delay that is wanted, they have a greater one only once it is this many times the present one. */
const GROWS = 1.5

/**
 * Chooses the delay that all feeds should have, and compares them with it. It is the delay of the feed with the highest
 * latency, because the others can wait for it; a feed that merely paused or stalled catches up instead. `before` is the
 * present delay, which stays as long as it is possible, so that a single feed moves no other; null: none yet. `wanted` is a delay chosen by the
 * user: the feeds have it, or the nearest to it that all can have. `stays` is false if it was chosen, or feeds came or went, just now:
 * the greatest possible delay is then taken at once. `expected` is the delay that right date times have, roughly: it decides
 * between two feeds.
 */
export function decide(
  feeds: readonly Playing[],
  before: number | null,
  wanted: number | null = null,
  stays = true,
  expected = 15_000,
): Decision {
  const dated = feeds.filter(isDated)
  const middle = majority(dated.map(usual), (wanted === null ? before : null) ?? expected)
  const compared = dated.filter((f) => Math.abs(usual(f) - middle) <= ABSURD)
  // A feed that stalls, or starts again, limits a wanted delay as before.
  const stalled = feeds.filter((f) => !isDated(f))
  const enough = wanted === null ? compared.length >= 2 : compared.length >= 1
  const delay = enough ? choose(compared, stalled, before, wanted, stays) : null
  const standings = new Map(
    feeds.map((f): [string, Standing] => {
      if (!isDated(f)) return [f.key, { drift: null, far: null }]
      if (!compared.some((c) => c.key === f.key)) return [f.key, { drift: null, far: middle - usual(f) }]
      return [f.key, delay === null ? { drift: null, far: null } : { drift: delay - f.delay, far: null }]
    }),
  )
  const delays = compared.map((f) => f.delay)
  return { delay, standings, spread: delays.length < 2 ? null : Math.max(...delays) - Math.min(...delays) }
}

type Dated = Playing & { delay: number }
const isDated = (f: Playing): f is Dated => f.delay !== null
/** By what date times are compared: live feeds by their live edge, because with a great delay some may not have reached it yet. */
const usual = (f: Dated): number => f.nearest ?? f.delay

function choose(
  feeds: readonly Dated[],
  stalled: readonly Playing[],
  before: number | null,
  wanted: number | null,
  stays: boolean,
): number {
  return wanted === null ? common(feeds, before) : possible([...feeds, ...stalled], before, wanted, stays)
}

/** The least delay that all of these feeds can have, and the one from which on they need not wait for a feed that joins. */
function least(waited: readonly Playing[]): { needed: number; least: number } {
  return {
    needed: Math.max(-Infinity, ...waited.map((f) => f.nearest ?? -Infinity)),
    // A feed that joins moves no other as long as it may be able to play where they are.
    least: Math.max(-Infinity, ...waited.map((f) => (f.nearest ?? -Infinity) - Math.max(LATER, f.slack))),
  }
}

/** The delay that is wanted, or the nearest to it that all feeds can have. */
function possible(feeds: readonly Playing[], before: number | null, wanted: number, stays: boolean): number {
  const { needed, least: from } = least(feeds.filter((f) => f.trusted))
  if (before !== null && before > wanted && before > from && before < needed + NEARER) return before
  const farthest = Math.max(needed, reachOf(feeds))
  const held = stays && before !== null && before <= farthest && before >= farthest / GROWS
  return farthest < wanted && held ? before : Math.max(Math.min(wanted, farthest), needed)
}

function common(feeds: readonly Dated[], before: number | null): number {
  const waited = feeds.filter((f) => f.trusted)
  const { needed, least: from } = least(waited)
  const trusted = waited.length > 0 ? waited : feeds
  // Feeds of which none is at its live edge (all were paused, or are time-shifted) meet at the foremost.
  const foremost = Math.max(needed, Math.min(...trusted.map((f) => f.delay)))
  if (before !== null && before >= from && before <= foremost + NEARER) return before
  const spared = feeds.map((f) => f.delay).filter((d) => d > foremost && d <= foremost + SPARED)
  return before !== null && before < from ? foremost : Math.max(foremost, ...spared)
}

/** The greatest delay at which all feeds can play on. */
export const reachOf = (feeds: readonly Pick<Playing, 'farthest'>[]): number =>
  Math.min(Infinity, ...feeds.map((f) => f.farthest ?? Infinity))

/** A delay that most of the feeds have, roughly. Of two that differ, it is the one nearer to what is expected. */
function majority(delays: readonly number[], expected: number): number {
  let best = { around: 0, count: 0, off: Infinity }
  for (const around of delays) {
    const count = delays.filter((d) => Math.abs(d - around) <= ABSURD).length
    const off = Math.abs(around - expected)
    if (count > best.count || (count === best.count && off < best.off)) best = { around, count, off }
  }
  return best.around
}
