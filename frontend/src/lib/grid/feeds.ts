// The list of feeds, in groups, searched at every key press. Pure.

import type { Stream } from '../api'
import { Haystack } from './haystack'

export interface Group {
  key: string
  name: string
  /** The source's name if the source has several groups; "" if the group is the whole source. */
  of: string
  live: number
  total: number
  /** The number of matches. */
  count: number
  open: boolean
  /** The matches that are shown, live ones first; none if the group is collapsed. */
  feeds: Stream[]
  /** The number of matches that are not shown although the group is expanded. */
  more: number
}

export interface Found {
  groups: Group[]
  /** In all groups. */
  count: number
  /** Matches in groups that are not shown at all. */
  more: number
}

/** The number of rows drawn at first: more would slow down typing. "Show more" adds as many. */
export const MOST_ROWS = 60
/** The number of rows that a group gets at least. */
const LEAST_PER_GROUP = 8
/** A source with more feeds is shown by the groups of its list, collapsed. */
export const SPLIT_FROM = 200

/** The name of a feed without a title. */
export const titleOf = (s: Pick<Stream, 'title' | 'site_name'>): string => s.title || `Feed of ${s.site_name}`

/** A text in lower case and without accents. */
export const fold = (text: string): string =>
  (/[^ -~]/.test(text) ? text.normalize('NFD').replace(/\p{M}+/gu, '') : text).toLowerCase()

interface Entry {
  feed: Stream
  /** The text that is searched. */
  words: string
  /** Sorts live feeds first, and numbers in numeric order. */
  sortKey: string
}

/** Cached by feed: if nine of 50,000 feeds have changed, nine are computed again. */
const entries = new WeakMap<Stream, Entry>()
function entryOf(feed: Stream): Entry {
  let entry = entries.get(feed)
  if (!entry) {
    const words = fold(`${feed.title} ${feed.quality} ${feed.group ?? ''} ${feed.site_name}`)
    const sortKey = (feed.is_live === false ? '1' : '0') + numbers(fold(feed.title))
    entries.set(feed, (entry = { feed, words, sortKey }))
  }
  return entry
}
/** Fills the cache while the feeds are loaded, before the first search. */
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

/** All feeds, normalised and sorted once; each search is then one pass over them. */
export class FeedIndex {
  #groups: Whole[] = []
  /** The searched texts of all feeds, group by group. */
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
      offline: feeds.some((f) => f.is_live === true) ? 0 : 1,
    }))
    // Sources with live feeds first.
    const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
    sources.sort((a, b) => a.offline - b.offline || order.compare(a.name, b.name))
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
      for (const g of own) g.entries.sort((a, b) => before(a.sortKey, b.sortKey))
      this.#groups.push(...own)
    }
    this.#last.hits = this.#groups
    this.#words = new Haystack(this.#groups.flatMap((g) => g.entries.map((e) => e.words)))
  }

  /**
   * Finds the feeds that contain every word of the query, and shows at most `most` rows of them. `toggled` reports whether
   * the user changed the state of a group, which is expanded, except for groups of a large source without a query.
   */
  find(query: string, most = MOST_ROWS, toggled: (key: string) => boolean = () => false): Found {
    const hits = this.#hits(fold(query))
    const searched = query.trim() !== ''
    const opens = (g: Whole) => (searched || g.of === '') !== toggled(g.key)
    const share = Math.max(LEAST_PER_GROUP, Math.floor(most / Math.max(1, hits.filter(opens).length)))
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
      // The last group gets the rows that others did not need, and a group that the user expanded is not truncated.
      const all = i === hits.length - 1 || toggled(key)
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

/** The first rows of the result, in its final order: nothing moves when more are shown. */
export function beginning(found: Found, rows: number): Found {
  const groups: Group[] = []
  let left = rows
  for (const g of found.groups) {
    if (left <= 0) break
    left-- // its heading is a row, too
    const feeds = g.feeds.slice(0, left)
    groups.push({ ...g, feeds, more: feeds.length < g.feeds.length ? 0 : g.more })
    left -= feeds.length
  }
  return { groups, count: found.count, more: groups.length < found.groups.length ? 0 : found.more }
}

const indexes = new WeakMap<readonly Stream[], FeedIndex>()
/** The index of a listing, built once for each listing. */
export function indexOf(streams: readonly Stream[]): FeedIndex {
  let index = indexes.get(streams)
  if (!index) indexes.set(streams, (index = new FeedIndex(streams)))
  return index
}
