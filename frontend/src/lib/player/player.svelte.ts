import { untrack } from 'svelte'
import { capFor, placeOf } from './choice'
import { openEngine, type Arrival, type Engine, type OpenEngine } from './engine'
import { afterHole, ahead, measure, Rate } from './measure'
import { Recovery, SAY_AFTER, watchdog, type Act, type Trouble } from './recovery'
import { Screen } from './screen.svelte'
import { everySecond } from './ticker'
import { NO_STATS, type Level, type Problem, type Stats, type Status, type Track } from './types'
import type { Stage } from './words'

/** A second that took longer than this, in ms: the machine slept. */
const SLEPT = 15_000
/** Behind by this many seconds more than meant: worth a jump to the live picture. */
const BEHIND = 6
const BEHIND_LEAST = 12
/** Playing a bit further behind than meant is no room to give away, in s. */
const ROOM_SPARED = 1
/** So near to either end of what can be had nothing is sought, in s. */
const EDGE = 1
/** Between two jumps to the live picture, in ms. */
const JUMP = 4_000
/** What a player starts with. */
export interface Wishes {
  volume?: number
  quality?: string
  audio?: string
  subtitle?: string
}

/** One picture: an engine, what is wanted of it and how it fares. It recovers by itself from whatever can be recovered from. */
export class Player {
  #status = $state<Status>('starting')
  #problem = $state.raw<Problem | null>(null)
  #levels = $state.raw<Level[]>([])
  #level = $state(-1)
  #playingLevel = $state(-1)
  #audioTracks = $state.raw<Track[]>([])
  #audioTrack = $state(-1)
  #subtitles = $state.raw<Track[]>([])
  #subtitle = $state(-1)
  #stats = $state.raw<Stats>(NO_STATS)
  #target = $state<number | null>(null)
  #wanted = $state(true)
  #held = $state(false)
  /** While it plays behind on purpose no other level is taken by itself: what the proxy keeps is of this one. */
  #pinned = false
  #screen: Screen

  #title: string
  #open: OpenEngine
  #wish: Required<Wishes>
  #url = ''
  #engine: Engine | undefined
  /** Counts engines: one that was opened for a player that has moved on is thrown away. */
  #turn = 0
  #cap: number | null = null
  #recovery = new Recovery()
  #rate = new Rate()
  #stage: Stage | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #act: Act = 'rebuild'
  #moving = false
  #shown = false
  #toLive = false
  #jumped = 0
  #still = 0
  #at = 0
  #lastTick = Date.now()
  #offTick: (() => void) | undefined

  constructor(title = '', wishes: Wishes = {}, open: OpenEngine = openEngine) {
    this.#title = title
    this.#open = open
    this.#wish = { volume: 1, quality: '', audio: '', subtitle: '', ...wishes }
    this.#screen = new Screen(this.#wish.volume, {
      wanted: () => this.#wanted && this.#engine !== undefined,
      moves: (on) => this.#moves(on),
      paused: () => {
        // WebKit pauses what is muted while its window is hidden. When it is shown, #watch plays on from the live edge.
        if (document.hidden) this.#toLive = !this.#held
        else this.#wanted = false
        this.#look()
      },
    })
  }

  get status(): Status {
    return this.#status
  }
  /** What is wrong. While the status is playing, the picture lives on what is ready. */
  get problem(): Problem | null {
    return this.#problem
  }
  get muted(): boolean {
    return this.#screen.muted
  }
  get volume(): number {
    return this.#screen.volume
  }
  get levels(): readonly Level[] {
    return this.#levels
  }
  /** The chosen level, -1 for auto. */
  get level(): number {
    return this.#level
  }
  /** The level that plays now, -1 while none does. */
  get playingLevel(): number {
    return this.#playingLevel
  }
  get audioTracks(): readonly Track[] {
    return this.#audioTracks
  }
  get audioTrack(): number {
    return this.#audioTrack
  }
  get subtitles(): readonly Track[] {
    return this.#subtitles
  }
  get subtitle(): number {
    return this.#subtitle
  }
  get stats(): Stats {
    return this.#stats
  }
  /** The webview refused sound without a click or a key: it plays muted until setMuted(false) comes from one. */
  get soundBlocked(): boolean {
    return this.#screen.soundBlocked
  }
  /** Whether somebody wants it to play: false after pause(). */
  get wanted(): boolean {
    return this.#wanted
  }
  /** Whether it plays so far behind that going live is worth a jump. */
  get late(): boolean {
    const { behind } = this.#stats
    return behind !== null && behind > Math.max(BEHIND_LEAST, (this.#target ?? 0) + BEHIND)
  }
  /** Whether somebody went back on purpose: it stays behind until it is told to go live. */
  get held(): boolean {
    return this.#held
  }
  /** How many seconds nearer to the live edge it could play without stumbling. */
  get room(): number {
    const { behind = null, target = null } = this.#engine ?? {}
    return this.#held || behind === null || target === null ? 0 : Math.max(0, behind - target - ROOM_SPARED)
  }
  /** PROGRAM-DATE-TIME at the playhead just now, ms; stats.date is that of the last second. */
  get date(): number | null {
    return this.#moving ? (this.#engine?.date ?? null) : null
  }
  /** The element, for fullscreen and picture-in-picture. */
  get video(): HTMLVideoElement | undefined {
    return this.#screen.video
  }
  /** What was chosen, to be kept. */
  get wishes(): Required<Wishes> {
    return { ...this.#wish, volume: this.volume }
  }

  /** Plays this address, from the live edge. */
  open(url: string): void {
    this.#url = url
    this.#offTick ??= everySecond((now) => this.#tick(now))
    this.#lastTick = Date.now()
    void this.#build()
  }

  /** Says why there is nothing to open yet. */
  fail(why: string, retryAt: number | null): void {
    this.#problem = { what: this.#what(), why, retryAt }
    this.#stage = 'manifest'
    this.#look()
  }

  /** Lets go of everything but the element: the window is hidden. open() starts it again. */
  halt(): void {
    this.#turn++
    clearTimeout(this.#retry)
    this.#offTick?.()
    this.#offTick = undefined
    this.#engine?.destroy()
    this.#engine = undefined
    this.#recovery = new Recovery()
    this.#rate = new Rate()
    this.#stats = NO_STATS
    this.#clear()
    this.#moving = this.#shown = this.#toLive = this.#held = this.#pinned = false
    this.#look()
  }

  destroy(): void {
    this.halt()
    this.#screen.destroy()
  }

  /** Shows the picture in this element; returns what takes it out again. */
  attach(video: HTMLVideoElement): () => void {
    // Called by an effect, which is not to run again when a state changes.
    untrack(() => this.#attach(video))
    return () => untrack(() => this.#detach(video))
  }

  #attach(video: HTMLVideoElement): void {
    this.#screen.attach(video)
    this.#engine?.attach(video)
    this.#screen.play()
  }

  #detach(video: HTMLVideoElement): void {
    if (this.video !== video) return
    this.#engine?.detach()
    this.#screen.detach()
    this.#moves(false)
  }

  play(): void {
    this.#wanted = true
    // What was paused for long may be gone from the playlist.
    if (this.late && !this.#held) this.#toLive = true
    this.#catchUp()
    this.#screen.play()
    this.#look()
  }

  pause(): void {
    this.#wanted = false
    this.video?.pause()
    this.#look()
  }

  toggle(): void {
    if (this.#wanted) this.pause()
    else this.play()
  }

  setMuted(on: boolean): void {
    this.#screen.setMuted(on)
  }

  /** 0 to 1. */
  setVolume(volume: number): void {
    this.#screen.setVolume(volume)
  }

  /** -1: auto. */
  setLevel(index: number): void {
    this.#wish.quality = this.#levels[index]?.label ?? ''
    this.#pinned = false
    if (this.#engine) this.#engine.level = index
    this.#level = index
  }

  setAudioTrack(index: number): void {
    this.#wish.audio = this.#audioTracks[index]?.label ?? ''
    if (this.#engine) this.#engine.audioTrack = index
    this.#audioTrack = index
  }

  /** -1: off. */
  setSubtitle(index: number): void {
    this.#wish.subtitle = this.#subtitles[index]?.label ?? ''
    if (this.#engine) this.#engine.subtitle = index
    this.#subtitle = index
  }

  goLive(): void {
    this.#unhold()
    const position = this.#engine?.livePosition ?? null
    if (position !== null && this.video) this.video.currentTime = position
    this.#toLive = position === null
    this.#wanted = true
    this.#screen.play()
    this.#look()
  }

  /** Goes to a second of the element, as far as it can be had; from the live picture on it is going live. */
  seek(at: number): void {
    const [video, engine] = [this.video, this.#engine]
    const window = engine?.window ?? null
    if (!video || !engine || window === null) return
    const live = engine.livePosition
    if (live !== null && at >= live) return this.goLive()
    this.#held = engine.live
    this.#toLive = false
    if (this.#held && engine.level < 0 && engine.playingLevel >= 0) {
      this.#pinned = true
      engine.level = engine.playingLevel
    }
    video.currentTime = Math.min(Math.max(at, window.start + EDGE), Math.max(window.start, window.end - EDGE))
    this.#screen.play()
  }

  seekBy(seconds: number): void {
    if (this.video) this.seek(this.video.currentTime + seconds)
  }

  #unhold(): void {
    this.#held = false
    if (this.#pinned && this.#engine) this.#engine.level = -1
    this.#pinned = false
  }

  /** The height in CSS px that the picture has on the screen: no larger variant is fetched by itself. null: no limit. */
  setCap(height: number | null): void {
    this.#cap = height
    this.#applyCap()
  }

  /** Goes to a PROGRAM-DATE-TIME (ms); false if the feed has none or it lies outside of what can be had. */
  seekTo(date: number): boolean {
    const [video, engine] = [this.video, this.#engine]
    const here = engine?.date ?? null
    const window = engine?.window ?? null
    if (!video || here === null || window === null) return false
    const at = video.currentTime + (date - here) / 1000
    if (at < window.start || at > window.end - 1) return false
    video.currentTime = at
    return true
  }

  setRate(rate: number): void {
    if (this.video && this.video.playbackRate !== rate) this.video.playbackRate = rate
  }

  /** Does not wait for the next try. */
  tryNow(): void {
    if (this.#problem === null || this.#url === '') return
    clearTimeout(this.#retry)
    this.#do(this.#retry === undefined ? 'restart' : this.#act)
  }

  #what(): string {
    return this.#shown ? `${this.#title} has stopped` : `${this.#title} does not start yet`
  }

  async #build(): Promise<void> {
    const turn = ++this.#turn
    clearTimeout(this.#retry)
    this.#engine?.destroy()
    this.#engine = undefined
    this.#moves(false)
    const mine = () => turn === this.#turn
    try {
      const engine = await this.#open({
        ready: () => mine() && this.#ready(),
        changed: () => mine() && this.#changed(),
        arrived: (what) => mine() && this.#arrived(what),
        trouble: (t) => mine() && this.#trouble(t),
      })
      if (!mine()) return engine.destroy()
      this.#engine = engine
      engine.load(this.#url)
      if (this.video) engine.attach(this.video)
    } catch (thrown) {
      if (!mine()) return
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      this.#trouble({ stage: 'codec', fatal: true, status: 0, why, retryIn: null })
    }
  }

  #ready(): void {
    const engine = this.#engine
    if (!engine) return
    this.#applyCap()
    const level = placeOf(engine.levels, this.#wish.quality)
    if (level >= 0) engine.level = level
    this.#changed()
    this.#screen.play()
  }

  #changed(): void {
    const engine = this.#engine
    if (!engine) return
    const before = [this.#audioTracks.length, this.#subtitles.length]
    this.#levels = engine.levels
    this.#audioTracks = engine.audioTracks
    this.#subtitles = engine.subtitles
    // Tracks come after the levels: what was wished for is chosen when they do.
    const audio = placeOf(this.#audioTracks, this.#wish.audio)
    if (audio >= 0 && before[0] !== this.#audioTracks.length) engine.audioTrack = audio
    const subtitle = placeOf(this.#subtitles, this.#wish.subtitle)
    if (before[1] !== this.#subtitles.length) engine.subtitle = subtitle
    this.#level = this.#pinned ? -1 : engine.level
    this.#playingLevel = engine.playingLevel
    this.#audioTrack = engine.audioTrack
    this.#subtitle = engine.subtitle
    this.#applyCap()
  }

  #applyCap(): void {
    if (!this.#engine) return
    const density = Math.min(2, globalThis.devicePixelRatio || 1)
    const cap = this.#cap === null ? null : this.#cap * density
    this.#engine.cap = capFor(this.#engine.levels, cap)
  }

  #arrived(what: Arrival): void {
    this.#rate.add(what)
    const ends: Record<Arrival['kind'], (Stage | undefined)[]> = {
      playlist: ['manifest', 'playlist'],
      audio: ['audio'],
      fragment: ['manifest', 'fragment', 'key', 'media', 'codec', 'other'],
    }
    if (what.kind === 'fragment') this.#recovery.well()
    if (this.#problem && ends[what.kind].includes(this.#stage)) this.#clear()
    this.#catchUp()
  }

  #trouble(t: Trouble): void {
    const now = Date.now()
    let retryIn = t.retryIn
    if (t.fatal) {
      const plan = this.#recovery.plan(t, now)
      this.#act = plan.act
      retryIn = plan.after
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => this.#do(plan.act), plan.after)
    }
    // A refused segment is skipped: no word about it unless the picture stops.
    if (!t.fatal && retryIn === null && this.#moving) return
    this.#stage = t.stage
    this.#problem = { what: this.#what(), why: t.why, retryAt: retryIn === null ? null : now + retryIn }
    this.#look()
  }

  #do(act: Act): void {
    this.#retry = undefined
    const engine = this.#engine
    if (this.#problem) this.#problem = { ...this.#problem, retryAt: null }
    if (act === 'rebuild' || !engine) void this.#build()
    else if (act === 'recover' || act === 'swap') engine.recover(act === 'swap')
    else {
      if (act === 'silence') this.setSubtitle(-1)
      engine.restart()
    }
  }

  #clear(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#problem = null
    this.#stage = undefined
    this.#look()
  }

  /** After a stop: on at the live picture rather than where it stood. */
  #catchUp(): void {
    const [engine, video] = [this.#engine, this.video]
    if (!this.#toLive || !engine || !video || video.readyState === 0) return
    const position = engine.livePosition
    if (position === null || engine.behind === null) return
    // A playlist that stands still has its live position behind what has been seen.
    const ahead = position > video.currentTime + 1
    if (ahead && engine.behind > (engine.target ?? 0) + BEHIND / 2) {
      // One jump needs a moment to bear fruit.
      if (Date.now() - this.#jumped < JUMP) return
      this.#jumped = Date.now()
      video.currentTime = position
    } else if (this.#moving) this.#toLive = false
  }

  #moves(on: boolean): void {
    this.#moving = on
    if (on) {
      this.#shown = true
      this.#still = 0
      this.#catchUp()
    }
    this.#look()
  }

  #look(): void {
    untrack(() => this.#judge())
  }

  #judge(): void {
    if (!this.#wanted) this.#status = 'paused'
    else if (this.#moving) this.#status = 'playing'
    else if (this.#problem) {
      this.#status = 'stopped'
      this.#toLive = !this.#held
    } else this.#status = this.#shown ? 'waiting' : 'starting'
  }

  #tick(now: number): void {
    const [video, engine] = [this.video, this.#engine]
    const slept = now - this.#lastTick > SLEPT
    this.#lastTick = now
    this.#stats = measure(video, engine, this.#rate)
    this.#target = engine?.target ?? null
    if (!video || !engine || !this.#wanted) return
    // It has come to the live picture by itself: what it played has left the playlist.
    if (this.#held && engine.behind !== null && engine.behind < (engine.target ?? 0) + BEHIND / 2)
      this.#unhold()
    if (slept) {
      this.#unhold()
      this.#toLive = true
      if (this.#retry === undefined) engine.restart()
    }
    this.#catchUp()
    this.#watch(video)
  }

  /** Looks after a picture that should move: what the engine does not see, or does not mend. */
  #watch(video: HTMLVideoElement): void {
    const moved = video.currentTime > this.#at && video.readyState > 1
    this.#at = video.currentTime
    if (moved || document.hidden || video.ended) {
      this.#still = 0
      if (moved && !this.#moving && !video.paused && !video.seeking) this.#moves(true)
      return
    }
    this.#still++
    if (this.#moving && this.#still > 1) this.#moves(false)
    this.#screen.play()
    if (this.#still >= SAY_AFTER && this.#problem === null) {
      this.#stage = 'fragment'
      const why = 'Nothing new has come for some seconds. Looking again until it does.'
      this.#problem = { what: this.#what(), why, retryAt: null }
      this.#look()
    }
    if (this.#retry !== undefined) return
    const ready = ahead(video.buffered, video.currentTime)
    const kick = watchdog(this.#still, ready > 0.5)
    if (kick === 'nudge')
      video.currentTime = afterHole(video.buffered, video.currentTime) ?? video.currentTime + 0.1
    else if (kick === 'live') this.goLive()
    else if (kick === 'restart') this.#do('restart')
    else if (kick === 'rebuild') this.#do('rebuild')
  }
}
