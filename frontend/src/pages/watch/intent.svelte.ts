import { messageOf, type SessionFeeds } from '$lib/api'
import { MOST_TILES } from '$lib/grid/arrange'
import { SESSION_TILES, whenOf } from '$lib/grid/session'
import type { App } from '$lib/state/app.svelte'
import type { Wall } from '$lib/state/wall.svelte'

/** A session that begins within this time, in ms, opens at once: its feeds are usually up by then. */
const SOON = 15 * 60_000

/** Opens the feed, session or saved wall that the address, the tray or a notification names. */
export class Intent {
  #app: App
  #wall: Wall
  #busy = $state(false)
  #empty = $state.raw<SessionFeeds | undefined>(undefined)

  constructor(app: App, wall: Wall) {
    this.#app = app
    this.#wall = wall
  }

  /** Whether a session's feeds are being fetched. */
  get busy(): boolean {
    return this.#busy
  }
  /** The requested session that has no feeds. */
  get empty(): SessionFeeds | undefined {
    return this.#empty
  }

  async follow(query: URLSearchParams): Promise<void> {
    const stream = query.get('stream')
    const event = query.get('event')
    const wall = query.get('wall')
    if (wall) await this.#openWall(wall)
    else if (stream) await this.#openStream(stream)
    else if (event) await this.openSession(event, query.get('session') ?? '')
    else if (query.has('live')) await this.openSession('', '')
  }

  /** Opens the feeds of a session; both empty: of the live one, or of the next if it begins soon. */
  async openSession(event: string, session: string): Promise<void> {
    this.#busy = true
    try {
      const feeds = await this.#app.client.sessionFeeds(event, session)
      this.#empty = undefined
      if (event === '' && this.#farOff(feeds)) this.#tellNext(feeds)
      else this.#open(feeds)
    } catch (thrown) {
      this.#app.notices.show('warning', sentence(messageOf(thrown)))
    } finally {
      this.#busy = false
    }
  }

  #open(feeds: SessionFeeds): void {
    const what = this.#wall.openSession(feeds)
    if (what === 'none') {
      this.#empty = feeds
      if (this.#wall.tiles.length > 0)
        this.#app.notices.show('warning', `${noFeeds(feeds)} The wall has not changed.`)
    } else if (what === 'unchanged') {
      const most = feeds.rule?.chooses ? MOST_TILES : SESSION_TILES
      const missing = feeds.streams.slice(0, most).filter((s) => !this.#wall.has(s.id))
      if (missing.length === 0) return
      this.#app.notices.show('info', `${feeds.session}: the wall is as you left it.`, {
        label: missing.length === 1 ? 'Add the missing feed' : `Add ${missing.length} missing feeds`,
        run: () => missing.forEach((s) => this.#wall.open(s)),
      })
    }
  }

  #farOff(feeds: SessionFeeds): boolean {
    const { name, type, now } = { name: feeds.session, type: feeds.session_type, now: Date.now() }
    const when = whenOf({ name, type, start: feeds.start, end: feeds.end, status: feeds.status }, now)
    return when === 'upcoming' && (feeds.start === null || Date.parse(feeds.start) - now > SOON)
  }

  #tellNext(feeds: SessionFeeds): void {
    // An empty wall shows this itself, with the countdown.
    if (this.#wall.tiles.length === 0) return
    this.#app.notices.show(
      'info',
      `Nothing is live. Next: ${feeds.session}, ${feeds.event}.`,
      feeds.count > 0 ? { label: 'Open its feeds', run: () => this.#open(feeds) } : undefined,
    )
  }

  async #openWall(name: string): Promise<void> {
    const { walls, streams, savedWalls, notices } = this.#app
    if (!savedWalls.find(name)) await walls.load()
    if (!streams.value) await streams.load()
    if (this.#wall.saved.open(name)) return
    const names = savedWalls.list.map((w) => `“${w.name}”`)
    const known = names.length === 0 ? 'No wall is saved yet.' : `Saved walls: ${names.join(', ')}.`
    notices.show('warning', savedWalls.error || `No wall is saved as “${name}”. ${known}`)
  }

  async #openStream(id: string): Promise<void> {
    const find = () => this.#app.streams.value?.streams.find((s) => s.id === id)
    if (!find() && !this.#wall.has(id)) await this.#app.streams.load()
    const feed = find()
    if (this.#wall.has(id)) this.#wall.focus(id)
    else if (feed) this.#wall.open(feed)
    else this.#app.notices.show('warning', 'No source lists this feed any more. Pick another from the list.')
  }
}

export const noFeeds = (of: SessionFeeds): string =>
  `No feed mentions ${of.session}, ${of.event} or its series.`

const sentence = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1).replace(/\.?$/, '.')
