import type { Client, Stream, StreamList } from '../api'

/**
 * All feeds, updated by the changes since they were last read: a list of 50,000 feeds is 20 MB, and often only a few of
 * them change. Feeds that did not change stay the same objects.
 */
export class Listing {
  #client: Pick<Client, 'streamChanges'>
  /** Called with each answer before the next request. */
  #prepare: (came: readonly Stream[]) => void
  #feeds = new Map<string, Stream>()
  /** A listing that is being read from the beginning; it replaces #feeds when it is complete. */
  #incoming: Map<string, Stream> | undefined
  #since = ''

  constructor(client: Pick<Client, 'streamChanges'>, prepare: (came: readonly Stream[]) => void = () => {}) {
    this.#client = client
    this.#prepare = prepare
  }

  /** Reads the changes. If that fails, the next call continues where this one ended. */
  async read(): Promise<StreamList> {
    for (let more = true; more;) {
      const came = await this.#client.streamChanges(this.#since)
      if (came.whole) this.#incoming = new Map()
      const feeds = this.#incoming ?? this.#feeds
      for (const id of came.gone) feeds.delete(id)
      for (const feed of came.streams) feeds.set(feed.id, feed)
      this.#since = came.since
      more = came.more
      this.#prepare(came.streams)
    }
    if (this.#incoming) this.#feeds = this.#incoming
    this.#incoming = undefined
    return { streams: [...this.#feeds.values()], count: this.#feeds.size }
  }
}
