// Offsets of feeds by source and title: which one a feed has, and the file in which they are exported. Pure.

import type { NewOffset, Offset, OffsetChange } from '../api'
import { singleLine } from '../grid/text'

/** The largest offset, and the step of its keys, in ms. */
export const MOST_OFFSET = 60_000
export const OFFSET_STEP = 50
/** The version of the file. */
const VERSION = 1

/** Names a feed beyond its id and its URLs. */
export interface FeedName {
  /** The key of its source. */
  source: string
  title: string
}

/** What an offset is set for: one feed, or all feeds of its source whose titles begin with these words. */
export type Scope = { feed: string } | { kind: string }

/** The offset of a feed, and what it was set for; null: none is set. */
export interface Found {
  ms: number
  scope: Scope | null
}

/** A title without differences that do not matter. */
export const plain = (title: string): string => singleLine(title).toLowerCase()

/** An offset in steps, within the permitted range. */
export const inSteps = (ms: number): number =>
  Math.min(MOST_OFFSET, Math.max(-MOST_OFFSET, Math.round(ms / OFFSET_STEP) * OFFSET_STEP)) || 0

const keyOf = (o: Pick<Offset, 'source' | 'feed' | 'kind'>) =>
  o.feed ? `${o.source}\nfeed\n${plain(o.feed)}` : `${o.source}\nkind\n${plain(o.kind ?? '')}`

/** Offsets with some of them changed. */
export function changed(offsets: readonly Offset[], changes: readonly NewOffset[]): Offset[] {
  const all = new Map(offsets.map((o) => [keyOf(o), o]))
  for (const { ms, ...rest } of changes) {
    if (ms === null) all.delete(keyOf(rest))
    else all.set(keyOf(rest), { ...rest, ms })
  }
  return [...all.values()]
}

/** Finds the offsets of feeds. */
export class OffsetIndex {
  #feeds = new Map<string, Offset>()
  /** By source, the longest kind first. */
  #kinds = new Map<string, { words: string; offset: Offset }[]>()

  constructor(offsets: readonly Offset[]) {
    for (const o of offsets) {
      if (o.feed) this.#feeds.set(keyOf(o), o)
      else if (o.kind) {
        const kinds = this.#kinds.get(o.source) ?? []
        kinds.push({ words: plain(o.kind), offset: o })
        this.#kinds.set(o.source, kinds)
      }
    }
    for (const kinds of this.#kinds.values()) kinds.sort((a, b) => b.words.length - a.words.length)
  }

  /** The offset of the feed itself, else that of the longest kind to which it belongs. */
  find({ source, title }: FeedName): Found {
    const own = this.#feeds.get(keyOf({ source, feed: title }))
    if (own) return { ms: own.ms, scope: { feed: title } }
    const text = plain(title)
    const kind = this.#kinds.get(source)?.find((k) => begins(text, k.words))
    if (kind) return { ms: kind.offset.ms, scope: { kind: kind.offset.kind ?? '' } }
    return { ms: 0, scope: null }
  }
}

/** Whether a title begins with these words: "onboard" begins "onboard 7" and "onboard-7", not "onboards". */
function begins(title: string, words: string): boolean {
  return title.startsWith(words) && !/^\p{L}/u.test(title.slice(words.length))
}

/**
 * The kind of a feed: the first word of its title, if other feeds of the source begin with it, too. undefined: it is one of
 * a kind.
 */
export function kindOf(
  title: string,
  titles: readonly string[],
): { kind: string; count: number } | undefined {
  const kind = /^\p{L}+/u.exec(title.trim())?.[0]
  if (kind === undefined) return undefined
  const count = new Set(titles.map(plain).filter((t) => begins(t, plain(kind)))).size
  return count > 1 ? { kind, count } : undefined
}

/** "+0.25 s", "−1.5 s", "0 s". */
export function offsetWords(ms: number): string {
  const seconds = (Math.abs(ms) / 1000).toFixed(2).replace(/\.?0+$/, '')
  return `${ms > 0 ? '+' : ms < 0 ? '−' : ''}${seconds} s`
}

/** The text of a file with these offsets. */
export const fileOf = (offsets: readonly Offset[]): string =>
  JSON.stringify({ version: VERSION, offsets }, null, 2) + '\n'

const isFields = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v)

/** Reads an exported file. Throws an Error with one line about what is wrong. */
export function readFile(text: string): OffsetChange & { offsets: Offset[] } {
  let doc: unknown
  try {
    doc = JSON.parse(text)
  } catch {
    throw new Error('This is not a file of offsets: it is not JSON.')
  }
  if (!isFields(doc) || typeof doc['version'] !== 'number' || !Array.isArray(doc['offsets']))
    throw new Error('This is not a file of offsets: it lacks “version” or “offsets”.')
  if (doc['version'] > VERSION)
    throw new Error(
      `This file is from a newer version of Gridwall (format ${doc['version']}, known is ${VERSION}). Nothing was imported.`,
    )
  const offsets = doc['offsets'].map((o: unknown, i): Offset => {
    const wrong = (why: string) => new Error(`Offset ${i + 1} in this file ${why}. Nothing was imported.`)
    if (!isFields(o)) throw wrong('is not an object')
    const { source, feed = '', kind = '', ms } = o
    if (typeof source !== 'string' || source.trim() === '') throw wrong('names no source')
    if (typeof feed !== 'string' || typeof kind !== 'string' || (feed.trim() === '') === (kind.trim() === ''))
      throw wrong('names neither a feed nor a kind, or both')
    if (typeof ms !== 'number' || !Number.isInteger(ms) || Math.abs(ms) > MOST_OFFSET)
      throw wrong(`needs whole ms from −${MOST_OFFSET} to ${MOST_OFFSET}`)
    return { source, ...(feed ? { feed } : { kind }), ms }
  })
  return { version: VERSION, offsets }
}

/** How many of the offsets belong to none of these feeds. */
export function unknownOf(offsets: readonly Offset[], feeds: readonly FeedName[]): number {
  const titles = new Map<string, string[]>()
  for (const f of feeds) titles.set(f.source, [...(titles.get(f.source) ?? []), plain(f.title)])
  return offsets.filter((o) => {
    const listed = titles.get(o.source) ?? []
    const words = plain(o.feed || o.kind || '')
    return !listed.some((t) => (o.feed ? t === words : begins(t, words)))
  }).length
}
