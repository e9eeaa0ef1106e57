import type { Active, Spare } from '../api'
import { inSteps, type Scope } from '../offsets/offsets'
import type { App } from '../state/app.svelte'
import { Handover } from './handover.svelte'
import { Playback, type Feed } from './playback.svelte'
import type { Player } from './player.svelte'
import { tokenStatus, type TokenStatus } from './token-status'
import { DEFAULT_SETTINGS, type TileSettings } from './types'

export type { Feed } from './playback.svelte'
export type { TileSettings } from './types'

/** How the moment that a feed shows is known; "": it is not. */
export type Known = 'date time' | `sound ${number} %` | 'by hand' | ''

let tiles = 0

/** A place on the wall: the feed that it shows, and the one that it is changing to. */
export class Tile {
  /** Identifies the tile as long as the page exists, whatever it shows. */
  readonly key = `tile-${++tiles}`
  #app: App
  #shown: Playback = $state.raw() as Playback
  #handover = $state.raw<Handover | undefined>(undefined)
  /** Whether its menu of quality, sound and subtitles is open. */
  menu = $state(false)
  /** Whether its offset is shown. */
  offsetMenu = $state(false)
  /** The offset of a document of version 0.2 or earlier, until it is stored for the feed. */
  #oldOffset = $state(0)
  #drift = $state<number | null>(null)
  #stepNote = $state('')
  #state: 'new' | 'open' | 'suspended' | 'closed' = 'new'
  #onChange: (before: string, after: string) => void
  /** The expiry of the current token, and when it was first seen. */
  #seen = { ends: '', at: 0 }

  /** `onChange` is called with the ids of the feeds when the tile has begun to show another one. */
  constructor(
    app: App,
    feed: Feed,
    saved: Partial<TileSettings> = {},
    onChange: (before: string, after: string) => void = () => undefined,
  ) {
    this.#app = app
    this.#onChange = onChange
    this.#shown = new Playback(app, feed, { ...DEFAULT_SETTINGS, ...saved })
    this.#oldOffset = inSteps(saved.offset ?? 0)
  }

  /** The id of the feed that it shows now. */
  get id(): string {
    return this.#shown.feed.id
  }
  get title(): string {
    return this.#shown.feed.title
  }
  get site_name(): string {
    return this.#shown.feed.site_name
  }
  get site_key(): string {
    return this.#shown.name?.source ?? ''
  }
  get quality(): string {
    return this.#shown.feed.quality
  }
  /** The player of the feed that it shows now. */
  get player(): Player {
    return this.#shown.player
  }
  get viewer(): string {
    return this.#shown.viewer
  }
  /** All that plays in this tile: the feed that it shows, then the one that it is changing to. */
  get playbacks(): readonly Playback[] {
    return this.#handover ? [this.#shown, this.#handover.next] : [this.#shown]
  }
  /** The feed that it is changing to, as soon as that one moves. */
  get upcoming(): Playback | undefined {
    return this.#handover?.next
  }
  /** Whether it shows this feed, or is changing to it. */
  has(id: string): boolean {
    return this.playbacks.some((p) => p.feed.id === id)
  }
  /** The server's state of the stream: expiry, last renewal and last error. */
  get active(): Active | undefined {
    return this.#shown.active
  }
  /** The streams that the server can play in place of this feed, behind the same address. */
  get spares(): readonly Spare[] {
    return this.active?.spare?.spares ?? []
  }
  /** The spare that plays now; undefined: the feed itself does. */
  get spare(): Spare | undefined {
    const feeding = this.active?.spare?.stream_id ?? this.id
    return feeding === this.id ? undefined : this.spares.find((s) => s.stream_id === feeding)
  }
  /** The remaining lifetime of the token at the clock's time. */
  get token(): TokenStatus {
    const active = this.active
    const now = this.#app.clock.now
    const ends = active?.expires_at ?? ''
    if (ends !== this.#seen.ends) this.#seen = { ends, at: now }
    return tokenStatus(active, now, this.#seen.at, this.#app.connected)
  }
  /** How far this feed is ahead (+) of the others or behind (−), in ms; null: not compared. */
  get drift(): number | null {
    return this.#drift
  }
  /** The manual offset, in ms: how far this feed's clock is ahead of the others'. */
  get offset(): number {
    const { ms, scope } = this.#shown.offset
    return scope ? ms : this.#oldOffset
  }
  /** What the offset is set for: this feed, a kind of feeds of its source, or null if none is set. */
  get offsetScope(): Scope | null {
    return this.#shown.offset.scope
  }
  /** Sets the offset for this feed, or for a kind of feeds to which it belongs; null: for what it is set now. */
  setOffset(ms: number, scope: Scope | null = this.offsetScope): void {
    const { name } = this.#shown
    if (!name) return
    this.#oldOffset = 0
    this.#app.offsets.set(name, ms, scope ?? { feed: name.title })
  }
  /** Stores the offset of an old document for the feed, once, unless the feed has one. */
  adoptOffset(): void {
    const { name } = this.#shown
    if (this.#oldOffset === 0 || !name || !this.#app.offsets.ready) return
    if (this.offsetScope === null) this.setOffset(this.#oldOffset)
    this.#oldOffset = 0
  }
  /** How its place among the others is known. */
  get known(): Known {
    if (this.player.stats.date !== null) return 'date time'
    const confidence = this.player.soundConfidence
    if (confidence !== null) return `sound ${Math.round(confidence * 100)} %`
    return this.offsetScope === null ? '' : 'by hand'
  }
  setDrift(ms: number | null): void {
    this.#drift = ms
  }
  /** Why it is not kept in sync with the others; "" if it is, or has no date time. */
  get stepNote(): string {
    return this.#stepNote
  }
  setStepNote(text: string): void {
    this.#stepNote = text
  }

  /** Takes a lease and plays. It never rejects: errors are shown in player.problem and retried. */
  async start(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'open'
    await this.#shown.start()
  }

  /**
   * Shows another feed. The old picture and its sound stay until the new picture moves; volume and mute are taken over, and
   * quality and tracks if the new feed has them, too. The feed that is shown ends a change that is under way.
   */
  change(feed: Feed): void {
    if (this.#state === 'closed' || this.upcoming?.feed.id === feed.id) return
    this.keep()
    if (feed.id === this.id) return
    const next = new Playback(this.#app, feed, this.player.userChoices)
    this.#handover = new Handover(this.#shown, next, () => this.#changed(next))
    void next.start()
    if (this.#state === 'suspended') next.suspend()
  }

  /** Ends a change that is under way: it goes on with the feed that it shows. */
  keep(): void {
    const handover = this.#handover
    this.#handover = undefined
    handover?.end()
    handover?.next.close()
  }

  #changed(next: Playback): void {
    const before = this.#shown
    next.player.setVolume(before.player.volume)
    next.player.setMuted(before.player.muted)
    this.#handover?.end()
    this.#handover = undefined
    this.#shown = next
    this.#drift = null
    this.#oldOffset = 0
    this.#stepNote = ''
    before.close()
    this.#onChange(before.feed.id, next.feed.id)
  }

  /** Runs pending retries now. */
  tryNow(): void {
    for (const p of this.playbacks) p.tryNow()
  }

  /** Ends player and lease. */
  close(): void {
    this.keep()
    this.#state = 'closed'
    this.#shown.close()
  }

  /** Stops playback and keeps the lease, because the window is hidden in the tray. */
  suspend(): void {
    if (this.#state !== 'open') return
    this.#state = 'suspended'
    for (const p of this.playbacks) p.suspend()
  }

  resume(): void {
    if (this.#state !== 'suspended') return
    this.#state = 'open'
    for (const p of this.playbacks) p.resume()
  }

  /** The page is being left, so the lease ends. It may come back from the back/forward cache. */
  leave(): void {
    for (const p of this.playbacks) p.leave()
  }
  comeBack(): void {
    for (const p of this.playbacks) p.comeBack()
  }

  settings(): TileSettings {
    const old = this.#oldOffset
    return { ...this.player.userChoices, ...(old === 0 ? {} : { offset: old }) }
  }
}
