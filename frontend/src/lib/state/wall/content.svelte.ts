import type { SessionFeeds } from '../../api'
import { isLayout, type Layout } from '../../grid/arrange'
import type { Shaping } from '../../grid/edges'
import type { StoredTile, WallSession } from '../../grid/document'
import { bestOf } from '../../grid/session'
import type { Notices } from '../notices.svelte'
import type { Arrangement } from './arrangement.svelte'
import type { Delay } from './delay.svelte'
import type { SavedAs } from '../../grid/document'
import type { WaitingTile } from '../../grid/named'
import type { Waiting } from './waiting.svelte'
import type { Tiles } from './tiles.svelte'

/** The feeds on the wall: the session that they were opened for, and an undo for replacing them. */
export class WallContent {
  #session = $state.raw<WallSession | null>(null)
  /** The saved wall that this one was opened from or saved as. */
  saved = $state.raw<SavedAs | null>(null)
  #tiles: Tiles
  #arrangement: Arrangement
  #notices: Notices
  #waiting: Waiting
  #delay: Delay
  #show: (feeds: readonly StoredTile[], focus?: string) => void

  /** `show` replaces the tiles by these feeds; tiles of feeds that are on the wall keep playing. */
  constructor(
    tiles: Tiles,
    arrangement: Arrangement,
    notices: Notices,
    waiting: Waiting,
    delay: Delay,
    show: (feeds: readonly StoredTile[], focus?: string) => void,
  ) {
    this.#tiles = tiles
    this.#arrangement = arrangement
    this.#notices = notices
    this.#waiting = waiting
    this.#delay = delay
    this.#show = show
  }

  /** The session that the wall was opened for; null if none. */
  get session(): WallSession | null {
    return this.#session
  }
  set session(session: WallSession | null) {
    this.#session = session
  }

  /** Opens a session's best feeds unless they are open already. Returns what was done. */
  openSession(of: SessionFeeds, most: number): 'none' | 'unchanged' | 'opened' {
    const known = new Set(of.streams.map((s) => s.id))
    const best = bestOf(of, most)
    if (best.length === 0) return 'none'
    const session = { event: of.event_id, session: of.session }
    const same = this.#session?.event === session.event && this.#session.session === session.session
    const keep =
      (same && this.#tiles.list.some((t) => known.has(t.id))) ||
      best.every((feed) => this.#tiles.has(feed.id))
    const layout = isLayout(of.layout) ? of.layout : this.#arrangement.forSession
    if (!keep)
      this.#replace(
        best.map((feed) => ({ ...feed, settings: {} })),
        layout,
      )
    this.#session = session
    return keep ? 'unchanged' : 'opened'
  }

  /** Opens feeds that belong to no session. */
  open(
    feeds: readonly StoredTile[],
    layout: Layout | null,
    shaping: Shaping,
    waiting: readonly WaitingTile[],
    saved: SavedAs,
  ): void {
    this.#replace(feeds, layout, shaping, waiting, saved)
    this.#session = null
  }

  /** Shows other feeds, and offers to undo this. */
  #replace(
    feeds: readonly StoredTile[],
    layout: Layout | null,
    shaping?: Shaping,
    waiting: readonly WaitingTile[] = [],
    saved: SavedAs | null = null,
  ): void {
    const before = {
      tiles: this.#tiles.stored,
      focus: this.#tiles.focus,
      layout: this.#arrangement.chosen,
      shaping: this.#arrangement.shaping,
      delay: this.#delay.own,
      session: this.#session,
      waiting: this.#waiting.list,
      saved: this.saved,
    }
    this.#waiting.set(waiting)
    this.saved = saved
    this.#show(feeds)
    this.#arrangement.choose(layout)
    if (shaping) this.#arrangement.shape(shaping)
    if (before.tiles.length === 0 || before.tiles.every((t) => this.#tiles.has(t.id))) return
    this.#notices.show('info', 'The feeds on the wall were replaced.', {
      label: 'Undo',
      run: () => {
        this.#waiting.set(before.waiting)
        this.saved = before.saved
        this.#show(before.tiles, before.focus)
        this.#arrangement.choose(before.layout)
        this.#arrangement.shape(before.shaping)
        if (!this.#delay.shared) this.#delay.restore(before.delay)
        this.#session = before.session
      },
    })
  }
}
