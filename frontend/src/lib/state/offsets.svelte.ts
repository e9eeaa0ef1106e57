import { messageOf, type Client, type NewOffset, type OffsetList } from '../api'
import {
  changed,
  fileOf,
  inSteps,
  OffsetIndex,
  readFile,
  unknownOf,
  type FeedName,
  type Found,
  type Scope,
} from '../offsets/offsets'
import type { Notices } from './notices.svelte'
import { Remote } from './remote.svelte'

/** How long after the last step of a value it is stored, in ms: a key that is held down is one change. */
const SAVE_AFTER = 400

/** The offsets of feeds, stored on the server: every wall and every screen has the same. */
export class OffsetBook {
  readonly remote: Remote<OffsetList>
  #client: Client
  #notices: Notices
  /** Changes that the server does not have yet. */
  #pending = $state.raw<readonly NewOffset[]>([])
  #list = $derived.by(() => changed(this.remote.value?.offsets ?? [], this.#pending))
  #index = $derived.by(() => new OffsetIndex(this.#list))
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(client: Client, notices: Notices) {
    this.#client = client
    this.#notices = notices
    this.remote = new Remote(() => client.offsets())
  }

  /** Whether the stored offsets are known. */
  get ready(): boolean {
    return this.remote.value !== undefined
  }
  get count(): number {
    return this.#list.length
  }

  /** The offset of a feed, and what it was set for. */
  find(feed: FeedName): Found {
    return this.#index.find(feed)
  }

  /** Sets the offset of a feed, or of the kind that `scope` names; then the feed has none of its own. */
  set(feed: FeedName, ms: number, scope: Scope = { feed: feed.title }): void {
    const { source } = feed
    const changes: NewOffset[] = [{ source, ...scope, ms: inSteps(ms) }]
    if ('kind' in scope) changes.push({ source, feed: feed.title, ms: null })
    this.#pending = changedLast(this.#pending, changes)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#save(), SAVE_AFTER)
  }

  /** The text of a file with all offsets. */
  get file(): string {
    return fileOf(this.#list)
  }

  /** Adds the offsets of a file. Returns what was done, in one line; throws an Error if nothing was. */
  async import(text: string, feeds: readonly FeedName[]): Promise<string> {
    const { version, offsets } = readFile(text)
    this.remote.set(await this.#client.putOffsets({ version: version ?? 1, offsets }))
    const unknown = unknownOf(offsets, feeds)
    const done = `Imported ${offsets.length === 1 ? '1 offset' : `${offsets.length} offsets`}.`
    if (unknown === 0) return done
    return unknown === 1
      ? `${done} One is for a feed that is not listed now; it applies when the feed is listed.`
      : `${done} ${unknown} are for feeds that are not listed now; they apply when the feeds are listed.`
  }

  async #save(): Promise<void> {
    const sent = this.#pending
    try {
      this.remote.set(await this.#client.putOffsets({ offsets: [...sent] }))
    } catch (thrown) {
      this.#notices.show('error', `Could not save the offset: ${messageOf(thrown)}`)
    }
    // Later changes of the same offsets stay.
    this.#pending = this.#pending.filter((c) => !sent.includes(c))
  }
}

const same = (a: NewOffset, b: NewOffset) => a.source === b.source && a.feed === b.feed && a.kind === b.kind

const changedLast = (before: readonly NewOffset[], changes: readonly NewOffset[]): NewOffset[] => [
  ...before.filter((b) => !changes.some((c) => same(b, c))),
  ...changes,
]
