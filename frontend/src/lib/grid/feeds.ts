// The list of feeds: grouped by source, searched with every key that is pressed. Pure.

import type { Stream } from '../api'

export interface Group {
  key: string
  name: string
  live: number
  total: number
  /** What is shown of what was found: those on air first. */
  feeds: Stream[]
  /** How many were found and are not shown. */
  more: number
}

export interface Found {
  groups: Group[]
  /** Of all groups. */
  count: number
  /** Found in groups that are not shown at all. */
  more: number
}

/** The most rows that are drawn: more would make typing slow, and nobody reads them. */
export const MOST_ROWS = 240
const FEWEST_OF_A_GROUP = 8

/** What a feed is called where its source gave it no title. */
export const titleOf = (s: Pick<Stream, 'title' | 'site_name'>): string => s.title || `Feed of ${s.site_name}`

/** All feeds, put in order once; each search is then one pass over them. */
export class FeedIndex {
  #groups: { key: string; name: string; live: number; entries: { feed: Stream; words: string }[] }[]
  readonly size: number

  constructor(streams: readonly Stream[]) {
    const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
    const by = new Map<string, Stream[]>()
    for (const s of streams) {
      const of = by.get(s.site_key)
      if (of) of.push(s)
      else by.set(s.site_key, [s])
    }
    const off = (s: Stream) => (s.is_live === false ? 1 : 0)
    this.size = streams.length
    this.#groups = [...by].map(([key, feeds]) => ({
      key,
      name: feeds[0]?.site_name || key,
      live: feeds.filter((f) => f.is_live === true).length,
      entries: feeds
        .sort((a, b) => off(a) - off(b) || order.compare(a.title, b.title))
        .map((feed) => ({ feed, words: `${feed.title} ${feed.quality} ${feed.site_name}`.toLowerCase() })),
    }))
    // Sources with something on air first.
    this.#groups.sort((a, b) => Number(b.live > 0) - Number(a.live > 0) || order.compare(a.name, b.name))
  }

  /** The feeds in which each word of the query occurs. */
  find(query: string, most = MOST_ROWS): Found {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean)
    const hits = this.#groups
      .map((g) => ({
        ...g,
        entries:
          words.length === 0 ? g.entries : g.entries.filter((e) => words.every((w) => e.words.includes(w))),
      }))
      .filter((g) => g.entries.length > 0)
    const share = Math.max(FEWEST_OF_A_GROUP, Math.floor(most / Math.max(1, hits.length)))
    const found: Found = { groups: [], count: 0, more: 0 }
    let left = most
    for (const [i, g] of hits.entries()) {
      found.count += g.entries.length
      // What smaller groups do not need goes to the last.
      const room = Math.min(left, i === hits.length - 1 ? left : share)
      if (room <= 0) {
        found.more += g.entries.length
        continue
      }
      const feeds = g.entries.slice(0, room).map((e) => e.feed)
      left -= feeds.length
      const { key, name, live } = g
      found.groups.push({
        key,
        name,
        live,
        total: this.#total(key),
        feeds,
        more: g.entries.length - feeds.length,
      })
    }
    return found
  }

  #total(key: string): number {
    return this.#groups.find((g) => g.key === key)?.entries.length ?? 0
  }
}
