import type { Active } from '../api'
import type { FeedName, Found } from '../offsets/offsets'
import type { App } from '../state/app.svelte'
import { Player } from './player.svelte'
import { delayOf } from './policy'
import { everySecond } from './ticker'
import type { UserChoices } from './types'
import { whyNotOpened } from './words'

/** The part of a Stream that a tile needs. */
export interface Feed {
  id: string
  title: string
  site_name: string
  quality: string
  /** The key of its source; documents of older versions lack it. */
  site_key?: string
}

/** How often the lease is renewed, in ms; the server ends it after 15 minutes without playback. */
const LEASE = 5 * 60_000
/** The delay before another try to renew a lease, in ms. */
const LEASE_RETRY = 20_000

const page = Math.random().toString(36).slice(2, 8)
let playbacks = 0

/** The playback of one feed: its lease on the server and its player. */
export class Playback {
  readonly feed: Feed
  readonly player: Player
  /** The viewer name of its lease: unique to each playback and page load. */
  readonly viewer = `wall-${page}-${++playbacks}`
  #app: App
  #state: 'new' | 'open' | 'suspended' | 'closed' = 'new'
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the lease is renewed next, in ms since 1970. */
  #leaseDue = 0
  /** Counts starts, so that the answer to an outdated one (the window was hidden and shown meanwhile) is ignored. */
  #turn = 0
  #offTick: (() => void) | undefined

  constructor(app: App, feed: Feed, choices: Partial<UserChoices> = {}) {
    this.#app = app
    this.feed = feed
    this.player = new Player(feed.title, choices)
  }

  /** The server's state of the stream: expiry, last renewal and last error. */
  get active(): Active | undefined {
    return this.#app.active.value?.active.find((a) => a.id === this.feed.id)
  }

  /** Names the feed beyond its id; undefined until its source is known. */
  get name(): FeedName | undefined {
    const source = this.feed.site_key || this.active?.site_key
    return source ? { source, title: this.feed.title || this.feed.id } : undefined
  }
  /** The offset that the user has set for this feed or its kind. */
  get offset(): Found {
    return (this.name && this.#app.offsets.find(this.name)) ?? { ms: 0, scope: null }
  }

  /** Takes a lease and plays. It never rejects: errors are shown in player.problem and retried. */
  async start(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'open'
    this.#offTick ??= everySecond((now) => now > this.#leaseDue && void this.#renewLease())
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    try {
      const active = await this.#lease()
      if (turn !== this.#turn && !this.#is('closed')) return
      this.#tries = 0
      if (this.#is('open')) this.player.open(active.playback_url)
      // It may have been closed meanwhile.
      else if (this.#is('closed')) void this.#release()
    } catch (thrown) {
      if (!this.#is('open') || turn !== this.#turn) return
      const wait = delayOf(this.#tries++, 0)
      this.player.fail(whyNotOpened(thrown), Date.now() + wait)
      this.#timer = setTimeout(() => void this.start(), wait)
    }
  }

  /** Runs pending retries now. */
  tryNow(): void {
    if (this.#timer !== undefined && this.#tries > 0) void this.start()
    else this.player.tryNow()
  }

  /** Ends player and lease. */
  close(): void {
    if (this.#state === 'closed') return
    const held = this.#state !== 'new'
    this.#state = 'closed'
    clearTimeout(this.#timer)
    this.#offTick?.()
    this.player.destroy()
    if (held) void this.#release()
  }

  /** Stops playback and keeps the lease, because the window is hidden in the tray. */
  suspend(): void {
    if (this.#state !== 'open') return
    this.#state = 'suspended'
    clearTimeout(this.#timer)
    this.player.halt()
  }

  resume(): void {
    if (this.#state === 'suspended') void this.start()
  }

  /** The page is being left, so the lease ends. It may come back from the back/forward cache. */
  leave(): void {
    if (this.#state !== 'open' && this.#state !== 'suspended') return
    // A playlist request after the end of the lease would activate the feed again.
    this.player.halt()
    void this.#release()
  }
  comeBack(): void {
    if (this.#state === 'open') void this.start()
  }

  #is(state: 'open' | 'closed'): boolean {
    return this.#state === state
  }

  async #lease(): Promise<Active> {
    this.#leaseDue = Date.now() + LEASE
    return this.#app.client.activate({ stream_id: this.feed.id, viewer: this.viewer })
  }

  /** Renews the lease during playback, and retries soon if that fails; the tile shows whether the server responds. */
  async #renewLease(): Promise<void> {
    try {
      await this.#lease()
    } catch {
      this.#leaseDue = Date.now() + LEASE_RETRY
    }
  }

  async #release(): Promise<void> {
    try {
      await this.#app.client.deactivate(this.feed.id, this.viewer)
    } catch {
      // The server does not respond. The lease expires by itself.
    }
  }
}
