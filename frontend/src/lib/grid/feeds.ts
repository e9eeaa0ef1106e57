// The list of feeds: in groups, searched with every key that is pressed. Pure.

import type { Stream } from '../api'
import { Haystack } from './haystack'

export interface Group {
  key: string
  name: string
  /** The source's name where the group is one of several of it; "" where it is the whole source. */
  of: string
  live: number
  total: number
  /** How many were found. */
  count: number
  open: boolean
  /** What is shown of what was found: those on air first; none where it is folded. */
  feeds: Stream[]
  /** How many were found and are not shown although it is open. */
  more: number
}

export interface Found {
  groups: Group[]
  /** Of all groups. */
  count: number
  /** Found in groups that are not shown at all. */
  more: number
}

/** How many rows are drawn at first: more would make typing slow. What is asked for beyond comes in steps of it. */
export const MOST_ROWS = 60
const FEWEST_OF_A_GROUP = 8
/** A source of more feeds is shown by the groups that its list names, folded: thousands in one row are no list. */
export const SPLIT_FROM = 200

/** What a feed is called where its source gave it no title. */
export const titleOf = (s: Pick<Stream, 'title' | 'site_name'>): string => s.title || `Feed of ${s.site_name}`

/** A text without accents and capitals. */
const fold = (text: string): string =>
  (/[^ -~]/.test(text) ? text.normalize('NFD').replace(/\p{M}+/gu, '') : text).toLowerCase()

interface Entry {
  feed: Stream
  /** What is searched. */
  words: string
  /** Its place: those on air first, numbers as numbers. */
  place: string
}

/** Each feed is folded once: of a list of 50,000 in which nine have changed, nine are. */
const entries = new WeakMap<Stream, Entry>()
function entryOf(feed: Stream): Entry {
  let entry = entries.get(feed)
  if (!entry) {
    const words = fold(`${feed.title} ${feed.quality} ${feed.group ?? ''} ${feed.site_name}`)
    const place = (feed.is_live === false ? '1' : '0') + numbers(fold(feed.title))
    entries.set(feed, (entry = { feed, words, place }))
  }
  return entry
}
/** Does that ahead of the first search, as the feeds come. */
export const prepare = (feeds: readonly Stream[]): void => feeds.forEach(entryOf)

interface Whole {
  key: string
  name: string
  of: string
  live: number
  total: number
  entries: Entry[]
}

const before = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const numbers = (text: string) => text.replace(/\d+/g, (d) => d.padStart(9, '0'))

/** All feeds, folded and put in order once; each search is then one pass over them. */
export class FeedIndex {
  #groups: Whole[] = []
  /** What is searched of all of them, group by group. */
  #words: Haystack
  #last: { query: string; hits: Whole[] } = { query: '', hits: [] }
  readonly size: number

  constructor(streams: readonly Stream[]) {
    this.size = streams.length
    const by = new Map<string, Stream[]>()
    for (const s of streams) {
      const of = by.get(s.site_key)
      if (of) of.push(s)
      else by.set(s.site_key, [s])
    }
    const sources = [...by].map(([key, feeds]) => ({
      key,
      feeds,
      name: feeds[0]?.site_name || key,
      dark: feeds.some((f) => f.is_live === true) ? 0 : 1,
    }))
    // Sources with something on air first.
    const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
    sources.sort((a, b) => a.dark - b.dark || order.compare(a.name, b.name))
    for (const s of sources) {
      const split = s.feeds.length > SPLIT_FROM && s.feeds.some((f) => f.group !== s.feeds[0]?.group)
      const parts = new Map<string, Whole>()
      for (const feed of s.feeds) {
        const title = (split && feed.group) || ''
        let g = parts.get(title)
        if (!g) {
          g = {
            key: `${s.key}\n${title}`,
            name: title || s.name,
            of: split ? s.name : '',
            live: 0,
            total: 0,
            entries: [],
          }
          parts.set(title, g)
        }
        g.total++
        if (feed.is_live) g.live++
        g.entries.push(entryOf(feed))
      }
      const own = [...parts.values()].sort((a, b) => order.compare(a.name, b.name))
      for (const g of own) g.entries.sort((a, b) => before(a.place, b.place))
      this.#groups.push(...own)
    }
    this.#last.hits = this.#groups
    this.#words = new Haystack(this.#groups.flatMap((g) => g.entries.map((e) => e.words)))
  }

  /**
   * The feeds in which each word of the query occurs, of which at most `most` rows are shown. turned tells of a group
   * whether the user folded it, or opened it: without a query the groups of a large source are folded.
   */
  find(query: string, most = MOST_ROWS, turned: (key: string) => boolean = () => false): Found {
    const hits = this.#hits(fold(query))
    const searched = query.trim() !== ''
    const opens = (g: Whole) => (searched || g.of === '') !== turned(g.key)
    const share = Math.max(FEWEST_OF_A_GROUP, Math.floor(most / Math.max(1, hits.filter(opens).length)))
    const found: Found = { groups: [], count: 0, more: 0 }
    let left = most
    for (const [i, g] of hits.entries()) {
      const { key, name, of, live, total } = g
      const count = g.entries.length
      found.count += count
      if (left <= 0) {
        found.more += count
        continue
      }
      const open = opens(g)
      // What smaller groups do not need goes to the last, and a group that was opened by hand is not cut short.
      const all = i === hits.length - 1 || turned(key)
      const feeds = open ? g.entries.slice(0, Math.min(left, all ? left : share)).map((e) => e.feed) : []
      left -= Math.max(1, feeds.length)
      const more = open ? count - feeds.length : 0
      found.groups.push({ key, name, of, live, total, count, open, feeds, more })
    }
    return found
  }

  #hits(query: string): Whole[] {
    const words = query.split(/\s+/).filter(Boolean)
    if (words.length === 0) return this.#groups
    if (query === this.#last.query) return this.#last.hits
    const found = this.#words.find(words)
    const hits: Whole[] = []
    let from = 0
    for (const g of this.#groups) {
      const first = from
      const entries = g.entries.filter((_, i) => found[first + i] === 1)
      if (entries.length > 0) hits.push({ ...g, entries })
      from += g.entries.length
    }
    this.#last = { query, hits }
    return hits
  }
}

/** The first rows of what was found, as they stand in the whole of it: nothing moves when the others follow. */
export function beginning(found: Found, rows: number): Found {
  const groups: Group[] = []
  let left = rows
  for (const g of found.groups) {
    if (left <= 0) break
    left-- // its heading is a row as well
    const feeds = g.feeds.slice(0, left)
    groups.push({ ...g, feeds, more: feeds.length < g.feeds.length ? 0 : g.more })
    left -= feeds.length
  }
  return { groups, count: found.count, more: groups.length < found.groups.length ? 0 : found.more }
}

const indexes = new WeakMap<readonly Stream[], FeedIndex>()
/** The index of a listing, which is made once for each listing. */
export function indexOf(streams: readonly Stream[]): FeedIndex {
  let index = indexes.get(streams)
  if (!index) indexes.set(streams, (index = new FeedIndex(streams)))
  return index
}
