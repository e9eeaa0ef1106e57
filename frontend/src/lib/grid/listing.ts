import type { Client, Stream, StreamList } from '../api'

/**
 * All feeds, kept up to date by what has changed since they were last read: a list of 50,000 is 20 MB, of which a check
 * of nine feeds changes nothing but those nine. Feeds that did not change stay the same objects.
 */
export class Listing {
  #client: Pick<Client, 'streamChanges'>
  /** Called with what has come, before the next is asked for. */
  #prepare: (came: readonly Stream[]) => void
  #feeds = new Map<string, Stream>()
  /** What is being read from the beginning; it takes the place of #feeds when it is complete. */
  #anew: Map<string, Stream> | undefined
  #since = ''

  constructor(client: Pick<Client, 'streamChanges'>, prepare: (came: readonly Stream[]) => void = () => {}) {
    this.#client = client
    this.#prepare = prepare
  }

  /** Reads what has changed. Where that fails, the next call goes on where this one ended. */
  async read(): Promise<StreamList> {
    for (let more = true; more;) {
      const came = await this.#client.streamChanges(this.#since)
      if (came.whole) this.#anew = new Map()
      const feeds = this.#anew ?? this.#feeds
      for (const id of came.gone) feeds.delete(id)
      for (const feed of came.streams) feeds.set(feed.id, feed)
      this.#since = came.since
      more = came.more
      this.#prepare(came.streams)
    }
    if (this.#anew) this.#feeds = this.#anew
    this.#anew = undefined
    return { streams: [...this.#feeds.values()], count: this.#feeds.size }
  }
}
