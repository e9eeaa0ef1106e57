import { tick } from 'svelte'
import type { Action } from '$lib/grid/keys'
import { OFFSET_STEP, offsetWords } from '$lib/offsets/offsets'
import type { Overlay } from '$lib/player/reveal.svelte'
import { STEP } from '$lib/player/seek'
import type { Feed, Tile } from '$lib/player/tile.svelte'
import type { App } from '$lib/state/app.svelte'
import { DELAY_STEP } from '$lib/state/wall/delay.svelte'
import type { Wall } from '$lib/state/wall.svelte'
import { leaveControls } from '$lib/ui/focus'
import { FeedChange } from './change.svelte'
import { Drag } from './drag.svelte'
import { openExternally } from './external'
import { FullTile } from './full-tile.svelte'
import { Spares } from './spares.svelte'

/** Below this width of the page, in px, the list of feeds covers the wall instead of being beside it. */
const NARROW = 860
/** The ids of the buttons that open the panels of layouts and of the common delay. */
export const LAYOUTS_BUTTON = 'layouts-button'
export const DELAY_BUTTON = 'delay-button'
/** How long the controls stay without pointer or key in full screen, in ms. */
const IDLE_AFTER = 3_000
const VOLUME_STEP = 0.1
const NEXT_OVERLAY = { large: 'all', all: 'none', none: 'large' } as const
const OVERLAY_WORDS = { large: 'in large tiles', all: 'in all tiles', none: 'hidden' }

/** The view of the wall, and the actions of its keys and buttons. */
export class View {
  readonly drag: Drag
  readonly change: FeedChange
  readonly full: FullTile
  readonly spares: Spares
  #app: App
  #wall: Wall
  #narrow = $state(false)
  #drawer = $state(false)
  #alone = $state(false)
  #overlay = $state<Overlay>('large')
  #timeline = $state.raw<Tile | undefined>(undefined)
  #idle = $state(false)
  /** Whether this page made the window full screen; Esc undoes it. */
  #windowFull = false
  #address = $state('')
  #layouts = $state(false)
  #remote = $state(false)
  #soundBar = $state(false)
  #delay = $state(false)
  #places = new Map<string, HTMLElement>()
  #search: HTMLInputElement | undefined
  #idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(app: App, wall: Wall) {
    this.#app = app
    this.#wall = wall
    this.drag = new Drag(wall)
    this.change = new FeedChange(wall)
    this.full = new FullTile(app.shell)
    this.spares = new Spares(app, wall)
  }

  /** Whether only the wall is shown, without top bar, feed list and navigation. */
  get alone(): boolean {
    return this.#alone
  }
  /** The tile whose timeline is shown, unless it was closed. */
  get timeline(): Tile | undefined {
    return this.#wall.tiles.find((t) => t === this.#timeline)
  }
  showTimeline(tile: Tile | undefined): void {
    this.#timeline = tile
  }
  /** Which names and facts are shown; all: also in small tiles and without other chrome. */
  get overlay(): Overlay {
    return this.#overlay
  }
  /** Whether tiles may show their controls. */
  get chrome(): boolean {
    return !this.#alone || !this.#idle
  }
  get narrow(): boolean {
    return this.#narrow
  }
  get panelShown(): boolean {
    return !this.#alone && (this.#narrow ? this.#drawer : this.#wall.panel)
  }
  /** The playback address that could not be copied; "" for none. */
  get address(): string {
    return this.#address
  }
  /** Whether the panel of layouts and saved walls is open. */
  get layouts(): boolean {
    return this.#layouts && !this.#alone
  }
  /** Whether the sound bar is open. */
  get soundBar(): boolean {
    return this.#soundBar
  }
  showSound(on: boolean): void {
    this.#soundBar = on
    if (on) this.#layouts = this.#delay = false
  }

  /** Whether the dialog with the address of the remote is open. */
  get remote(): boolean {
    return this.#remote
  }
  showRemote(on: boolean): void {
    this.#remote = on
  }

  setWidth(width: number): void {
    if (width > 0) this.#narrow = width < NARROW
  }
  togglePanel(): void {
    if (this.#narrow) this.#drawer = !this.#drawer
    else this.#wall.setPanel(!this.#wall.panel)
  }
  closeDrawer(): void {
    this.#drawer = false
  }
  showLayouts(on: boolean): void {
    this.#layouts = on
    if (on) this.#soundBar = this.#delay = false
  }
  get delay(): boolean {
    return this.#delay
  }
  showDelay(on: boolean): void {
    this.#delay = on
    if (!on) return
    this.#layouts = this.#soundBar = false
    this.setAlone(false)
  }
  forgetAddress(): void {
    this.#address = ''
  }

  /** Registers the element of a tile's position while it exists. */
  place(key: string): (el: HTMLElement) => () => void {
    return (el) => {
      this.#places.set(key, el)
      return () => {
        this.#places.delete(key)
        if (this.full.key === key) void this.full.leave()
      }
    }
  }
  searchField(el: HTMLInputElement): () => void {
    this.#search = el
    return () => (this.#search = undefined)
  }

  async find(): Promise<void> {
    this.setAlone(false)
    if (!this.panelShown) this.togglePanel()
    await tick()
    this.#search?.focus()
    this.#search?.select()
  }

  /** Lets the user choose another feed for a tile from the list. */
  changeFeed(tile: Tile): void {
    this.#wall.focus(tile.id)
    this.change.begin(tile, this.panelShown)
    void this.find()
  }
  /** A feed of the list was chosen: it opens, or replaces that of the tile whose feed is being chosen. */
  chooseFeed(feed: Feed): void {
    if (this.change.tile) {
      if (this.change.choose(feed)) this.#hidePanel()
      this.leaveSearch()
    } else if (this.#wall.open(feed)) this.closeDrawer()
  }
  cancelChange(): void {
    if (this.change.cancel()) this.#hidePanel()
  }
  #hidePanel(): void {
    if (this.panelShown) this.togglePanel()
  }

  focusSearch(): void {
    this.#search?.focus()
  }
  /** Returns the keys to the wall. */
  leaveSearch(): void {
    this.cancelChange()
    this.#search?.blur()
    this.#drawer = false
  }

  setAlone(on: boolean): void {
    if (on !== this.#alone) leaveControls(undefined)
    this.#alone = on
    this.#layouts &&= !on
    this.#wall.arrangement.setTight(on)
    this.active()
  }
  /** The user moved the pointer or pressed a key. */
  active(): void {
    this.#idle = false
    clearTimeout(this.#idleTimer)
    if (this.#alone) this.#idleTimer = setTimeout(() => (this.#idle = true), IDLE_AFTER)
  }

  goLive(): void {
    this.#wall.sync.goLive()
  }

  /** Seeks back (−) or forward by some seconds: the tile, and all others if the wall is synchronised. */
  seek(tile: Tile, by: number): void {
    for (const t of this.#wall.sync.on ? this.#wall.tiles : [tile]) t.player.live.seekBy(by)
  }

  async fullscreen(): Promise<void> {
    await this.#app.act(async () => {
      this.#windowFull = !(await this.#app.shell.isFullscreen())
      await this.#app.shell.fullscreen(this.#windowFull)
    })
  }

  /** Shows a tile in full screen, or back on the wall. */
  async tileFullscreen({ id, key }: Tile): Promise<void> {
    this.#wall.focus(id)
    await (this.full.key === '' ? this.full.enter(key) : this.full.leave())
  }

  /** Opens the tile's address in mpv or VLC; in a browser, copies it. */
  async openPlayer(tile: Tile): Promise<void> {
    this.#address = await openExternally(this.#app, tile)
  }

  /** Runs the action of a key. Returns whether there was anything to do. */
  do(action: Action): boolean {
    const wall = this.#wall
    const tile = wall.focused
    switch (action) {
      case 'find':
        void this.find()
        return true
      case 'layout':
        wall.nextLayout()
        return true
      case 'ratio':
        wall.nextRatio()
        return true
      case 'sound':
        if (this.#alone) this.setAlone(false)
        this.showSound(!this.#soundBar)
        return true
      case 'panel':
        this.togglePanel()
        return true
      case 'delay':
        this.showDelay(!this.#delay)
        return true
      case 'delay-less':
      case 'delay-more':
        return wall.stepDelay(action === 'delay-more' ? DELAY_STEP : -DELAY_STEP)
      case 'alone':
        this.setAlone(!this.#alone)
        return true
      case 'overlay':
        this.#overlay = NEXT_OVERLAY[this.#overlay]
        wall.announce(`Names and facts: ${OVERLAY_WORDS[this.#overlay]}`)
        return true
      case 'remote':
        this.showRemote(true)
        return true
      case 'fullscreen':
        void this.fullscreen()
        return true
    }
    if (action.startsWith('place-')) {
      wall.focusPlace(Number(action.slice(6)) - 1)
      this.#leaveControls()
      return true
    }
    return tile !== undefined && this.#doToTile(action, tile)
  }

  #doToTile(action: Action, tile: Tile): boolean {
    const wall = this.#wall
    switch (action) {
      case 'left':
      case 'right':
      case 'up':
      case 'down':
        wall.focusNext(action)
        this.#leaveControls()
        break
      case 'swap-left':
      case 'swap-right':
      case 'swap-up':
      case 'swap-down':
        wall.move(action.slice(5) as 'left' | 'right' | 'up' | 'down')
        break
      case 'play':
        tile.player.toggle()
        break
      case 'mute':
        wall.sound.setMuted(!wall.sound.muted)
        break
      case 'louder':
      case 'quieter': {
        const to = tile.player.volume + (action === 'louder' ? VOLUME_STEP : -VOLUME_STEP)
        tile.player.setVolume(Math.min(1, Math.max(0, Math.round(to * 10) / 10)))
        break
      }
      case 'live':
        this.goLive()
        break
      case 'seek-back':
        this.seek(tile, -STEP)
        break
      case 'seek-forward':
        this.seek(tile, STEP)
        break
      case 'start':
        this.seek(tile, tile.player.stats.start - tile.player.stats.at)
        break
      case 'tile-fullscreen':
        void this.tileFullscreen(tile)
        break
      case 'timeline':
        this.showTimeline(this.timeline === tile ? undefined : tile)
        break
      case 'player':
        void this.openPlayer(tile)
        break
      case 'offset-down':
      case 'offset-up':
        tile.setOffset(tile.offset + (action === 'offset-up' ? OFFSET_STEP : -OFFSET_STEP))
        wall.announce(`Offset of ${tile.title} ${offsetWords(tile.offset)}`)
        break
      case 'quality':
        tile.menu = !tile.menu
        break
      case 'change':
        this.changeFeed(tile)
        break
      case 'spare':
        void this.spares.use(tile)
        break
      case 'close':
        wall.close(tile.id)
        break
      default:
        return false
    }
    return true
  }

  /** Esc: leaves full screen, the bare wall, a panel or the feed list. Returns whether there was anything to leave. */
  back(): boolean {
    if (this.full.key !== '') void this.full.leave()
    else if (this.change.tile) this.cancelChange()
    else if (this.#alone) this.setAlone(false)
    else if (this.#layouts || this.#soundBar || this.#delay)
      this.#layouts = this.#soundBar = this.#delay = false
    else if (this.#narrow && this.#drawer) this.#drawer = false
    else if (this.#windowFull) this.#leaveWindowFull()
    else return false
    return true
  }

  #leaveWindowFull(): void {
    this.#windowFull = false
    void this.#app.shell.fullscreen(false).catch(() => undefined)
  }

  /** Keys such as the space bar are for the focused tile from now on, not for a button elsewhere. */
  #leaveControls(): void {
    const { focused } = this.#wall
    leaveControls(focused && this.#places.get(focused.key))
  }
}
