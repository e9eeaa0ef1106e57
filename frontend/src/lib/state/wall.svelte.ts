import { untrack } from 'svelte'
import type { SessionFeeds } from '../api'
import {
  arrange,
  fitting,
  isLayout,
  LAYOUTS,
  MOST_TILES,
  PLACES,
  type Layout,
  type Rect,
} from '../grid/arrange'
import type { KeptTile, NamedWall, WallDocument, WallSession } from '../grid/document'
import { neighbour, type Direction } from '../grid/neighbour'
import { Step } from '../player/step.svelte'
import { Tile, type Feed } from '../player/tile.svelte'
import type { App } from './app.svelte'
import { Keeper } from './keeper.svelte'

/** How many of a session's feeds open by themselves. */
export const SESSION_TILES = 4

/** The tiles of the wall: which, where, which one is in focus and heard. What a user does to one restarts no other. */
export class Wall {
  readonly step: Step
  #app: App
  #keeper: Keeper
  /** By place. */
  #tiles = $state.raw<readonly Tile[]>([])
  /** By age. The page draws them in this order, so that a swap moves no element: a moved <video> starts anew. */
  #drawn = $state.raw<readonly Tile[]>([])
  #focus = $state('')
  #chosen = $state<Layout | null>(null)
  #sound = $state('')
  #muted = $state(false)
  #panel = $state(true)
  #session = $state.raw<WallSession | null>(null)
  #named = $state.raw<readonly NamedWall[]>([])
  #size = $state.raw({ w: 0, h: 0 })
  #tight = $state(false)
  #said = $state('')
  #rects = $derived(arrange(this.shownLayout, this.#tiles.length, this.#size.w, this.#size.h))

  constructor(app: App) {
    this.#app = app
    this.step = new Step(() => this.#tiles)
    this.#keeper = new Keeper(
      app,
      () => this.document,
      (doc) => this.#restore(doc),
    )
  }

  get tiles(): readonly Tile[] {
    return this.#tiles
  }
  get drawn(): readonly Tile[] {
    return this.#drawn
  }
  get focused(): Tile | undefined {
    return this.#tiles.find((t) => t.id === this.#focus)
  }
  /** The layout that was chosen, or that the settings say. */
  get layout(): Layout {
    const preferred = this.#app.preferences.get('ui.layout')
    return this.#chosen ?? (isLayout(preferred) ? preferred : 'auto')
  }
  /** The layout that the tiles take: one with too few places grows. */
  get shownLayout(): Layout {
    const taken = fitting(this.layout, this.#tiles.length)
    return this.#tight && taken !== 'auto' && PLACES[taken] > this.#tiles.length ? 'auto' : taken
  }
  /** The places: those of the tiles, then the empty ones. */
  get rects(): Rect[] {
    return this.#rects
  }
  /** The tile that is heard, unless the wall is muted. */
  get sound(): Tile | undefined {
    return this.#tiles.find((t) => t.id === this.#sound) ?? this.focused
  }
  /** Whether the sound stays with one tile; otherwise it follows the focus. */
  get soundStays(): boolean {
    return this.#tiles.some((t) => t.id === this.#sound)
  }
  get muted(): boolean {
    return this.#muted
  }
  get panel(): boolean {
    return this.#panel
  }
  get session(): WallSession | null {
    return this.#session
  }
  get named(): readonly NamedWall[] {
    return this.#named
  }
  /** What a screen reader is told of the last move. */
  get said(): string {
    return this.#said
  }
  /** Whether the wall of the last time is back, or cannot be had. */
  get ready(): boolean {
    return this.#keeper.ready
  }

  /** The place of a tile, from 0; -1 where it is not on the wall. */
  place(id: string): number {
    return this.#tiles.findIndex((t) => t.id === id)
  }
  has(id: string): boolean {
    return this.place(id) >= 0
  }

  /** Opens a feed; one that is on the wall comes into focus. Returns false where the wall is full. */
  open(feed: Feed): boolean {
    if (this.has(feed.id)) {
      this.focus(feed.id)
      return true
    }
    if (this.#tiles.length >= MOST_TILES) {
      this.#app.notices.show('warning', `The wall holds ${MOST_TILES} feeds. Close one, then open this one.`)
      return false
    }
    this.#set([...this.#tiles, this.#start(feed)])
    this.#said = `${feed.title} is place ${this.#tiles.length}`
    return true
  }

  close(id: string): void {
    const place = this.place(id)
    const tile = this.#tiles[place]
    if (!tile) return
    this.#said = `${tile.title} is closed`
    const kept = this.#keep()[place]
    const before = { focus: this.#focus, sound: this.#sound, session: this.#session }
    this.#set(this.#tiles.filter((t) => t !== tile))
    tile.close()
    this.#app.notices.show('info', `${tile.title} is closed.`, {
      label: 'Undo',
      run: () => kept && this.#reopen(kept, place, before),
    })
  }

  /** A tile that was closed comes back: to its place, with its volume and its offset. */
  #reopen(
    kept: KeptTile,
    place: number,
    before: { focus: string; sound: string; session: WallSession | null },
  ): void {
    if (this.has(kept.id)) return this.focus(kept.id)
    if (this.#tiles.length >= MOST_TILES) return void this.open(kept)
    const tiles = [...this.#tiles]
    tiles.splice(place, 0, this.#start(kept, kept.settings))
    this.#session ??= before.session
    this.#sound = before.sound
    this.#set(tiles)
    if (this.has(before.focus)) this.focus(before.focus)
    this.#said = `${kept.title} is back at place ${this.place(kept.id) + 1}`
  }

  clear(): void {
    this.#show([])
  }

  focus(id: string): void {
    if (this.#focus === id || !this.has(id)) return
    this.#focus = id
    this.#applySound()
  }
  focusPlace(place: number): void {
    const tile = this.#tiles[place]
    if (tile) this.focus(tile.id)
  }
  focusNext(direction: Direction): void {
    const to = neighbour(this.#rects.slice(0, this.#tiles.length), this.place(this.#focus), direction)
    this.focusPlace(Math.max(to, 0))
  }

  /** Two tiles change places. */
  swap(a: string, b: string): void {
    const [i, k] = [this.place(a), this.place(b)]
    const [from, to] = [this.#tiles[i], this.#tiles[k]]
    if (!from || !to || from === to) return
    this.#tiles = this.#tiles.map((t) => (t === from ? to : t === to ? from : t))
    this.#said = `${from.title} is now place ${k + 1}, ${to.title} place ${i + 1}`
  }
  /** The tile in focus changes places with its neighbour. */
  move(direction: Direction): void {
    const to = neighbour(this.#rects.slice(0, this.#tiles.length), this.place(this.#focus), direction)
    const other = this.#tiles[to]
    if (other) this.swap(this.#focus, other.id)
  }

  setLayout(layout: Layout): void {
    this.#chosen = layout
  }
  /** Whether a layout has places enough for the tiles. */
  fits(layout: Layout): boolean {
    return layout === 'auto' || PLACES[layout] >= this.#tiles.length
  }
  nextLayout(): void {
    const usable = LAYOUTS.filter((l) => this.fits(l))
    const next = usable[(usable.indexOf(this.shownLayout) + 1) % usable.length]
    if (!next) return
    this.setLayout(next)
    this.#said = next === 'auto' ? 'Automatic layout' : `Layout ${next}`
  }
  setSize(w: number, h: number): void {
    if (w > 0 && h > 0) this.#size = { w: Math.floor(w), h: Math.floor(h) }
  }
  /** No empty places: the wall alone shows pictures and nothing else. */
  setTight(on: boolean): void {
    this.#tight = on
  }
  setPanel(on: boolean): void {
    this.#panel = on
  }

  /** All are muted, or the one that is heard is heard again. */
  setMuted(on: boolean): void {
    this.#muted = on
    this.#applySound()
  }
  /** The tile that is heard, whatever is in focus; "" lets the sound follow the focus. */
  setSound(id: string): void {
    this.#sound = id
    this.#muted = false
    this.#applySound()
  }

  /**
   * Opens a session's best feeds in place of what is on the wall; those that are in both go on. The wall of this
   * session is left as its user arranged it. Returns what became of it.
   */
  openSession(of: SessionFeeds, most = SESSION_TILES): 'none' | 'kept' | 'opened' {
    const known = new Set(of.streams.map((s) => s.id))
    const up = of.streams.filter((s) => s.is_live !== false)
    // A rule says exactly which feeds, a dead one too: its tile waits for it.
    const best = of.rule?.chooses
      ? of.streams.slice(0, MOST_TILES)
      : (up.length > 0 ? up : of.streams).slice(0, Math.min(most, MOST_TILES))
    if (best.length === 0) return 'none'
    const session = { event: of.event_id, session: of.session }
    const same = this.#session?.event === session.event && this.#session.session === session.session
    const keep = (same && this.#tiles.some((t) => known.has(t.id))) || best.every((feed) => this.has(feed.id))
    const layout = isLayout(of.layout) ? of.layout : this.#chosen
    if (!keep)
      this.#replace(
        best.map((feed) => ({ ...feed, settings: {} })),
        layout,
      )
    this.#session = session
    return keep ? 'kept' : 'opened'
  }

  /** Keeps this wall under a name; one of that name is replaced. */
  saveAs(name: string): void {
    const kept = { name, layout: this.#chosen, tiles: this.#keep() }
    this.#named = [...this.#named.filter((n) => n.name !== name), kept]
  }
  openNamed(name: string): void {
    const wall = this.#named.find((n) => n.name === name)
    if (!wall) return
    this.#replace(wall.tiles, wall.layout)
    this.#session = null
  }
  deleteNamed(name: string): void {
    const before = this.#named
    this.#named = before.filter((n) => n.name !== name)
    this.#app.notices.show('done', `The wall “${name}” is deleted.`, {
      label: 'Undo',
      run: () => (this.#named = before),
    })
  }

  /** Does what goes on by itself until the returned function is called: restoring, saving, sound, the tray. */
  follow(): () => void {
    const end = $effect.root(() => {
      this.#keeper.follow()
      $effect(() => this.#solo())
      $effect(() => {
        const hidden = this.#app.hidden
        untrack(() => this.#tiles.forEach((t) => (hidden ? t.suspend() : t.resume())))
      })
    })
    // The window of Gridwall goes with the program, and its leases stay for the next start.
    const inBrowser = !this.#app.shell.window
    const leaving = () => {
      void this.#keeper.save()
      if (inBrowser) this.#tiles.forEach((t) => t.leave())
    }
    const back = (e: PageTransitionEvent) => {
      if (e.persisted && inBrowser) this.#tiles.forEach((t) => t.comeBack())
    }
    window.addEventListener('pagehide', leaving)
    window.addEventListener('pageshow', back)
    this.step.start()
    return () => {
      end()
      window.removeEventListener('pagehide', leaving)
      window.removeEventListener('pageshow', back)
      this.#keeper.stop()
      this.step.stop()
    }
  }

  /** The wall as it is kept. */
  get document(): WallDocument {
    // A tile's wishes tell nobody that they changed; what follows from them does.
    for (const { player } of this.#tiles)
      void [player.choices.level, player.choices.audioTrack, player.choices.subtitle]
    return {
      layout: this.#chosen,
      focus: this.#focus,
      tiles: this.#keep(),
      panel: this.#panel,
      muted: this.#muted,
      sound: this.#sound,
      step: this.step.on,
      session: this.#session,
      named: [...this.#named],
    }
  }

  #restore(wall: WallDocument): void {
    this.#chosen ??= wall.layout
    this.#panel = wall.panel
    this.#muted = wall.muted
    this.#sound = wall.sound
    this.step.on = wall.step
    this.#session ??= wall.session
    this.#named = [...wall.named]
    // What was opened while the document could not be had stays, behind what it brings.
    const opened = this.#tiles.filter((t) => !wall.tiles.some((k) => k.id === t.id))
    const restored = wall.tiles.map(
      (k) => this.#tiles.find((t) => t.id === k.id) ?? this.#start(k, k.settings),
    )
    if (!this.#focus) this.#focus = wall.focus
    this.#set([...restored, ...opened].slice(0, MOST_TILES))
  }

  /** Shows other feeds, and offers the way back. */
  #replace(feeds: KeptTile[], layout: Layout | null = this.#chosen): void {
    const before = this.document
    this.#show(feeds)
    this.#chosen = layout
    if (before.tiles.length === 0 || before.tiles.every((t) => this.has(t.id))) return
    const run = () => {
      this.#show(before.tiles)
      this.#chosen = before.layout
      this.#session = before.session
      this.focus(before.focus)
    }
    this.#app.notices.show('info', 'The wall shows other feeds now.', {
      label: 'Undo',
      run,
    })
  }

  #show(feeds: KeptTile[]): void {
    const shown = feeds.map((f) => this.#tiles.find((t) => t.id === f.id) ?? this.#start(f, f.settings))
    const gone = this.#tiles.filter((t) => !shown.includes(t))
    this.#set(shown)
    gone.forEach((t) => t.close())
  }

  #start(feed: Feed, settings: KeptTile['settings'] = {}): Tile {
    const { id, title, site_name, quality } = feed
    const tile = new Tile(this.#app, { id, title, site_name, quality }, settings)
    void tile.start()
    if (this.#app.hidden) tile.suspend()
    return tile
  }

  /** Takes the tiles by place; the focus stays, or goes to what took its place. */
  #set(tiles: readonly Tile[]): void {
    const place = Math.max(0, this.place(this.#focus))
    this.#tiles = tiles
    this.#drawn = [
      ...this.#drawn.filter((t) => tiles.includes(t)),
      ...tiles.filter((t) => !this.#drawn.includes(t)),
    ]
    if (!tiles.some((t) => t.id === this.#focus)) this.#focus = (tiles[place] ?? tiles.at(-1))?.id ?? ''
    if (tiles.length === 0) this.#session = null
    this.#applySound()
  }

  #applySound(): void {
    const heard = this.#muted ? undefined : this.sound
    for (const t of this.#tiles) if (t.player.muted !== (t !== heard)) t.player.setMuted(t !== heard)
  }

  /** One tile is heard: who unmutes another by its own button moves the sound there. */
  #solo(): void {
    const sound = this.sound
    const other = this.#tiles.find((t) => t !== sound && !t.player.muted)
    const silenced = sound !== undefined && sound.player.muted && !sound.player.soundBlocked
    untrack(() => {
      if (other) {
        this.#sound = ''
        this.#focus = other.id
        this.#muted = false
        this.#applySound()
      } else if (sound) this.#muted = silenced
    })
  }

  #keep(): KeptTile[] {
    return this.#tiles.map((t) => ({
      id: t.id,
      title: t.title,
      site_name: t.site_name,
      quality: t.quality,
      settings: t.settings(),
    }))
  }
}
