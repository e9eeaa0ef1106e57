import { untrack } from 'svelte'
import { inSecondWindow, type SessionFeeds } from '../api'
import { MOST_TILES } from '../grid/arrange'
import type { StoredTile, WallDocument, WallSession } from '../grid/document'
import { languagesOf } from '../grid/mixer'
import type { Direction } from '../grid/neighbour'
import { SESSION_TILES } from '../grid/session'
import { BySound } from '../player/by-sound/by-sound.svelte'
import { Sync } from '../player/sync.svelte'
import type { Feed, Tile } from '../player/tile.svelte'
import type { App } from './app.svelte'
import { WallAutosave } from './autosave.svelte'
import { Arrangement } from './wall/arrangement.svelte'
import { KeepAwake } from './wall/awake.svelte'
import { TileBudget } from './wall/budget.svelte'
import { Delay } from './wall/delay.svelte'
import { Histories } from './wall/histories.svelte'
import { SavedWall } from './wall/saved.svelte'
import { onPageExit } from './wall/presence'
import { Radio } from './wall/radio.svelte'
import { WallContent } from './wall/content.svelte'
import { ScreenLink } from './wall/screen.svelte'
import { ServerClock } from './wall/server-clock'
import { Sound } from './wall/sound.svelte'
import { SparesApart } from './wall/apart.svelte'
import { Stills } from './wall/stills.svelte'
import { browserWalls, isSecondScreen, secondScreenWall, serversWall } from './wall/storage'
import { Tiles } from './wall/tiles.svelte'
import { Waiting } from './wall/waiting.svelte'

/** The wall of tiles. No action on one tile restarts another. */
export class Wall {
  readonly arrangement: Arrangement
  readonly sound: Sound
  readonly saved: SavedWall
  readonly waiting = new Waiting()
  readonly radio: Radio
  readonly sync: Sync
  readonly delay: Delay
  readonly budget: TileBudget
  readonly histories: Histories
  #app: App
  #clock: ServerClock
  #autosave: WallAutosave
  #tiles: Tiles
  #content: WallContent
  #screen: ScreenLink
  #panel = $state(true)
  #announcement = $state('')

  constructor(app: App) {
    this.#app = app
    const remembered = (id: string) => this.sound.settingsOf(id)
    const tiles = new Tiles(app, (before, after) => this.sound.moved(before, after), remembered)
    this.#tiles = tiles
    this.arrangement = new Arrangement(
      () => tiles.list.length,
      () => app.preferences.get('ui.layout'),
      () => this.waiting.list,
    )
    this.radio = new Radio(app, () => this.sound.apply(), remembered)
    this.sound = new Sound(tiles, () => this.radio.tile)
    this.delay = new Delay(app.preferences)
    const { arrangement, waiting, delay } = this
    const content = new WallContent(tiles, arrangement, app.notices, waiting, delay, (feeds, focus) =>
      this.#show(feeds, focus),
    )
    this.histories = new Histories(() => tiles.list)
    this.#content = content
    this.saved = new SavedWall(
      app,
      { tiles, arrangement, content, waiting, named: app.savedWalls },
      (feed, index) => this.#insert(feed, index),
    )
    this.budget = new TileBudget(
      app,
      () => tiles.list,
      () => tiles.focused,
    )
    this.#clock = new ServerClock(() => app.client.clock())
    this.#screen = new ScreenLink(app, this)
    this.sync = new Sync(() => this.sound.sources, {
      wanted: () => (this.delay.seconds === null ? null : this.delay.seconds * 1000),
      ahead: () => this.#clock.ahead,
    })
    this.#autosave = new WallAutosave(
      app,
      () => this.document,
      (doc) => this.#restore(doc),
      inSecondWindow() || isSecondScreen(location.hash)
        ? secondScreenWall()
        : app.shell.window
          ? serversWall
          : browserWalls(),
    )
  }

  /** In the order of their positions. */
  get tiles(): readonly Tile[] {
    return this.#tiles.list
  }
  /** In the order in which the page draws them. */
  get drawn(): readonly Tile[] {
    return this.#tiles.drawn
  }
  get focused(): Tile | undefined {
    return this.#tiles.focused
  }
  get panel(): boolean {
    return this.#panel
  }
  setPanel(on: boolean): void {
    this.#panel = on
  }
  get session(): WallSession | null {
    return this.#content.session
  }
  /** Describes the last change of the wall, for screen readers. */
  get announcement(): string {
    return this.#announcement
  }
  announce(what: string): void {
    this.#announcement = what
  }
  /** Whether restoring the last wall has succeeded or failed. */
  get ready(): boolean {
    return this.#autosave.ready
  }

  /** The position of a tile, from 0; -1 if it is not on the wall. */
  place(id: string): number {
    return this.#tiles.place(id)
  }
  has(id: string): boolean {
    return this.#tiles.has(id)
  }

  /** Opens a feed, or focuses it if it is on the wall. Returns false if the wall is full. */
  open(feed: Feed): boolean {
    if (this.has(feed.id)) {
      this.focus(feed.id)
      return true
    }
    if (this.tiles.length >= MOST_TILES) {
      this.#app.notices.show('warning', `The wall is full: it has ${MOST_TILES} feeds. Close one first.`)
      return false
    }
    this.#set([...this.tiles, this.#tiles.start(feed)])
    this.#announcement = `${feed.title} is at position ${this.tiles.length}`
    return true
  }

  close(id: string): void {
    const place = this.place(id)
    const tile = this.tiles[place]
    if (!tile) return
    this.#announcement = `Closed ${tile.title}`
    const closed = this.#tiles.stored[place]
    const before = { focus: this.#tiles.focus, sound: this.sound.id, session: this.#content.session }
    this.#set(this.tiles.filter((t) => t !== tile))
    tile.close()
    this.#app.notices.show('info', `Closed ${tile.title}.`, {
      label: 'Undo',
      run: () => closed && this.#reopen(closed, place, before),
    })
  }

  /** Reopens a closed tile at its position, with its volume and its offset. */
  #reopen(
    closed: StoredTile,
    place: number,
    before: { focus: string; sound: string; session: WallSession | null },
  ): void {
    if (this.has(closed.id)) return this.focus(closed.id)
    if (this.tiles.length >= MOST_TILES) return void this.open(closed)
    const tiles = [...this.tiles]
    tiles.splice(place, 0, this.#tiles.start(closed, closed.settings))
    this.#content.session ??= before.session
    this.sound.restore(before.sound)
    this.#set(tiles)
    if (this.has(before.focus)) this.focus(before.focus)
    this.#announcement = `Reopened ${closed.title} at position ${this.place(closed.id) + 1}`
  }

  /**
   * Shows another feed in the tile of a feed, which stays until the new one moves. If the new feed is on the wall, the two
   * tiles swap.
   */
  change(id: string, feed: Feed): void {
    const tile = this.tiles[this.place(id)]
    if (!tile) return
    const other = this.tiles[this.place(feed.id)]
    if (other && other !== tile) return this.swap(tile.id, other.id)
    tile.change(feed)
    if (tile.upcoming) this.#announcement = `${tile.title} is changing to ${feed.title}`
  }

  clear(): void {
    this.waiting.set([])
    this.#show([])
  }

  focus(id: string): void {
    if (this.#tiles.setFocus(id)) this.sound.apply()
  }
  focusPlace(place: number): void {
    const tile = this.tiles[place]
    if (tile) this.focus(tile.id)
  }
  focusNext(direction: Direction): void {
    this.focusPlace(Math.max(this.#next(direction), 0))
  }

  /** Swaps two tiles. */
  swap(a: string, b: string): void {
    const [i, k] = [this.place(a), this.place(b)]
    const [from, to] = [this.tiles[i], this.tiles[k]]
    if (!from || !to || from === to) return
    this.#tiles.swap(from, to)
    this.#announcement = `${from.title} is now at position ${k + 1}, ${to.title} at position ${i + 1}`
  }
  /** Swaps the focused tile with its neighbour. */
  move(direction: Direction): void {
    const other = this.tiles[this.#next(direction)]
    if (other) this.swap(this.#tiles.focus, other.id)
  }
  #next(direction: Direction): number {
    return this.arrangement.neighbour(this.place(this.#tiles.focus), direction)
  }

  /** Sets how many seconds behind live all feeds are; null for no common delay. */
  setDelay(seconds: number | null): void {
    if (seconds !== null) this.sync.on = true
    this.delay.set(seconds)
    const set = this.delay.seconds
    this.#announcement = set === null ? 'No common delay' : `All feeds ${set.toFixed(1)} seconds behind live`
  }
  /** Changes the delay by some seconds, beginning with the one that the feeds have. Returns false if they have none yet. */
  stepDelay(by: number): boolean {
    const now = this.delay.seconds ?? (this.sync.delay === null ? null : this.sync.delay / 1000)
    if (now !== null) this.setDelay(Math.round((now + by) * 2) / 2)
    return now !== null
  }

  nextLayout(): void {
    const next = this.arrangement.next()
    if (next) this.#announcement = next === 'auto' ? 'Automatic layout' : `Layout ${next}`
  }

  /** Chooses the next share of the wall for the large tile. */
  nextRatio(): void {
    this.arrangement.nextRatio()
    const { ratio, shown } = this.arrangement
    const share = ratio === null ? 'automatic size' : `${Math.round(ratio * 100)} % of the wall`
    this.#announcement = `Layout ${shown}, large tile: ${share}`
  }

  /**
   * Replaces the tiles of the wall with a session's best feeds; feeds that are on the wall already keep playing. If the
   * wall was opened for this session before, it stays as the user arranged it. Returns what was done.
   */
  openSession(of: SessionFeeds, most = SESSION_TILES): 'none' | 'unchanged' | 'opened' {
    const done = this.#content.openSession(of, most)
    // A delay that all pages have is not one session's to change.
    if (done === 'opened' && of.delay !== undefined && !this.delay.shared) this.setDelay(of.delay)
    return done
  }

  /** Opens a feed that a place has waited for. */
  #insert(feed: StoredTile, index: number): void {
    if (this.has(feed.id) || this.tiles.length >= MOST_TILES) return
    this.#set(this.tiles.toSpliced(index, 0, this.#tiles.start(feed, feed.settings)))
    this.#announcement = `${feed.title} has appeared, at position ${this.place(feed.id) + 1}`
  }

  /** Starts restoring, saving, sound and tray handling, until the returned function is called. */
  follow(): () => void {
    let endScreen: (() => void) | undefined
    const end = $effect.root(() => {
      this.#autosave.follow()
      endScreen = this.#screen.follow()
      this.sound.follow()
      this.delay.follow()
      // Without a delay nothing depends on the server's clock.
      $effect(() => {
        if (this.delay.seconds === null || !this.#app.connected) return
        this.#clock.start()
        return () => this.#clock.stop()
      })
      this.saved.follow()
      $effect(() => this.sound.sources.forEach((t) => t.adoptOffset()))
      $effect(() => {
        const languages = languagesOf(this.#app.preferences.get('ui.audio_languages'))
        const playbacks = this.sound.sources.flatMap((t) => t.playbacks)
        untrack(() => playbacks.forEach((p) => p.player.choices.prefer(languages)))
      })
      $effect(() => {
        const hidden = this.#app.hidden
        untrack(() => this.sound.sources.forEach((t) => (hidden ? t.suspend() : t.resume())))
      })
    })
    // The window ends together with the program, whose leases stay for the next start.
    const inBrowser = !this.#app.shell.window || inSecondWindow()
    const leaving = () => {
      void this.#autosave.save()
      this.#screen.leave()
      if (inBrowser) this.sound.sources.forEach((t) => t.leave())
    }
    const back = () => {
      this.#screen.comeBack()
      if (inBrowser) this.sound.sources.forEach((t) => t.comeBack())
    }
    const endPage = onPageExit(leaving, back)
    this.sync.start()
    const apart = new SparesApart(this.#app, this)
    const ends = [
      apart.follow(),
      this.budget.follow(),
      this.histories.follow(),
      new Stills(this.#app, () => this.tiles, apart).follow(),
      new BySound(
        () => this.sound.sources,
        () => this.sync.on,
      ).follow(),
      new KeepAwake(() => this.tiles.some((t) => t.player.status === 'playing'), this.#app.shell).follow(),
    ]
    return () => {
      end()
      endScreen?.()
      endPage()
      ends.forEach((e) => e())
      this.#autosave.stop()
      this.sync.stop()
      this.sound.sources.forEach((t) => t.close())
    }
  }

  /** The wall as a document. */
  get document(): WallDocument {
    // Makes the document depend on the players' choices, which are not reactive themselves.
    for (const { player } of this.tiles)
      void [player.choices.level, player.choices.audioTrack, player.choices.subtitle]
    return {
      layout: this.arrangement.chosen,
      ...this.arrangement.shaping,
      focus: this.#tiles.focus,
      tiles: this.#tiles.stored,
      panel: this.#panel,
      muted: this.sound.muted,
      sound: this.sound.id,
      mixer: this.sound.document,
      radio: this.radio.stored,
      step: this.sync.on,
      delay: this.delay.own,
      session: this.#content.session,
      waiting: this.waiting.list,
      saved: this.#content.saved,
    }
  }

  #restore(wall: WallDocument): void {
    this.arrangement.choose(this.arrangement.chosen ?? wall.layout)
    this.arrangement.shape({ ratio: wall.ratio, tracks: wall.tracks })
    this.#panel = wall.panel
    this.sound.restore(wall.sound, wall.muted, wall.mixer)
    if (wall.radio && !this.radio.tile) this.radio.open(wall.radio, wall.radio.settings)
    this.sync.on = wall.step
    this.delay.restore(wall.delay)
    this.#content.session ??= wall.session
    this.#content.saved ??= wall.saved
    if (this.waiting.list.length === 0) this.waiting.set(wall.waiting)
    // Tiles that were opened before the document could be read stay, behind the restored ones.
    const opened = this.tiles.filter((t) => !wall.tiles.some((k) => t.has(k.id)))
    const restored = wall.tiles.map((k) => this.#tiles.find(k))
    this.#set([...restored, ...opened].slice(0, MOST_TILES), this.#tiles.focus || wall.focus)
  }

  #show(feeds: readonly StoredTile[], focus?: string): void {
    const before = this.tiles
    const shown = feeds.map((f) => this.#tiles.find(f))
    this.#set(shown, focus)
    before.filter((t) => !shown.includes(t)).forEach((t) => t.close())
  }

  #set(tiles: readonly Tile[], focus?: string): void {
    this.#tiles.take(tiles, focus)
    this.arrangement.changed()
    this.waiting.limit(MOST_TILES - tiles.length)
    if (tiles.length === 0) this.#content.session = null
    this.sound.apply()
  }
}
