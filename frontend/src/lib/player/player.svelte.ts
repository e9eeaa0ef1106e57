import { untrack } from 'svelte'
import { Choices } from './choices.svelte'
import { EngineSlot } from './engine-slot'
import type { Arrival, OpenEngine } from './engine'
import { openEngine } from './open-engine'
import { Recovery } from './recovery.svelte'
import { LiveEdge } from './live.svelte'
import { measure, Rate } from './measure'
import { SoundPieces, type SoundHearer } from './sound-pieces'
import { VideoOutput } from './video-output.svelte'
import { RollingRate } from './rolling-rate'
import { everySecond } from './ticker'
import { DEFAULT_SETTINGS, NO_STATS, type Problem, type Stats, type Status, type UserChoices } from './types'
import { Watchdog } from './watchdog'

/** If a tick of one second took longer than this, in ms, the machine was asleep. */
const SLEPT = 15_000

/** Plays one feed: its engine, the user's choices and its status. It recovers from errors by itself. */
export class Player {
  /** Which level and which tracks play. */
  readonly choices: Choices
  /** Where it plays. */
  readonly live: LiveEdge
  #status = $state<Status>('starting')
  #stats = $state.raw<Stats>(NO_STATS)
  #wanted = $state(true)
  #byEdge: number | null = null
  #bySound = $state.raw<{ base: number; confidence: number } | null>(null)
  #resting = false
  #sound = new SoundPieces()
  #run = 0
  #output: VideoOutput
  #slot: EngineSlot
  #recovery: Recovery
  #watchdog: Watchdog

  #title: string
  #url = ''
  #rate = new Rate()
  #playbackRate = new RollingRate()
  #moving = false
  #shown = false
  #lastTick = Date.now()
  #wasHidden = false
  #offTick: (() => void) | undefined

  constructor(title = '', userChoices: Partial<UserChoices> = {}, open: OpenEngine = openEngine) {
    const { volume, quality, audio, audioLanguage, subtitle, subtitleLanguage } = {
      ...DEFAULT_SETTINGS,
      ...userChoices,
    }
    this.#title = title
    const moves = (on: boolean) => this.#moves(on)
    this.#output = new VideoOutput(volume, {
      wanted: () => this.#wanted && !this.#resting && this.#slot.engine !== undefined,
      moves,
      paused: () => {
        // WebKit pauses muted video while its window is hidden. When it is shown again, #watchdog resumes at the live edge.
        if (document.hidden) this.live.stopped()
        else this.#wanted = false
        this.#updateStatus()
      },
      listen: (hearer) => this.#sound.listen(hearer),
    })
    const slot = new EngineSlot(open, this.#output, {
      ready: () => this.#ready(),
      changed: () => this.choices.changed(),
      arrived: (what) => this.#arrived(what),
      sound: (piece) => this.#sound.add(piece),
      trouble: (t) => this.#recovery.trouble(t),
    })
    this.#slot = slot
    this.choices = new Choices({ quality, audio, audioLanguage, subtitle, subtitleLanguage }, slot)
    this.live = new LiveEdge(slot, this.choices, {
      sought: () => this.#output.play(),
      wentLive: () => {
        this.#wanted = true
        this.#output.play()
        this.#updateStatus()
      },
    })
    this.#recovery = new Recovery(slot, {
      what: () => (this.#shown ? `${this.#title} has stopped` : `${this.#title} cannot start yet`),
      moving: () => this.#moving,
      rebuild: () => this.#build(),
      silence: () => this.choices.setSubtitle(-1),
      changed: () => this.#updateStatus(),
    })
    this.#watchdog = new Watchdog(this.#recovery, {
      moving: () => this.#moving,
      moves,
      goesOn: () => this.#slot.engine?.live ?? false,
      play: () => this.#output.play(),
      goLive: () => this.live.goLive(),
    })
  }

  get status(): Status {
    return this.#status
  }
  /** What is wrong. While the status is playing, playback continues from the buffer. */
  get problem(): Problem | null {
    return this.#recovery.problem
  }
  get muted(): boolean {
    return this.#output.muted
  }
  get volume(): number {
    return this.#output.volume
  }
  get stats(): Stats {
    return this.#stats
  }
  /** Whether the webview refused sound without a click or a key. It plays muted until one calls setMuted(false). */
  get soundBlocked(): boolean {
    return this.#output.soundBlocked
  }
  /** Whether it should play: false after pause(). */
  get wanted(): boolean {
    return this.#wanted
  }
  /** The current PROGRAM-DATE-TIME at the playhead, in ms; stats.date is that of the last tick. */
  get date(): number | null {
    return this.#moving && !this.#resting ? (this.#slot.engine?.date ?? null) : null
  }
  /** What it shows now: the media time (s), its PROGRAM-DATE-TIME (ms) and the distance to the live edge (s); null if it does not play. */
  get reading(): { media: number; date: number | null; behind: number | null } | null {
    const [video, engine] = [this.video, this.#slot.engine]
    if (this.#status !== 'playing' || !video || !engine || video.seeking || video.readyState < 3) return null
    const media = video.currentTime
    const base = this.#bySound?.base ?? this.#byEdge
    const placed = base === null ? null : media * 1000 + base
    return { media, date: engine.date ?? placed, behind: engine.behind }
  }
  /** How surely its place among other feeds is known by its sound, 0 to 1; null: it is not. */
  get soundConfidence(): number | null {
    return this.#bySound?.confidence ?? null
  }
  /** Sets what its media time 0 would be as a date, in ms, as its sound tells; null: unknown. */
  placeBySound(base: number | null, confidence: number): void {
    this.#bySound = base === null ? null : { base, confidence }
  }
  /** Sets what its media time 0 would be as a date, in ms, if its live edge were now; null: it is not placed so. */
  placeByEdge(base: number | null): void {
    this.#byEdge = base
  }
  /** Lets it hear what has been loaded lately, and what is loaded from now on. Returns a function that ends it. */
  listen(hearer: SoundHearer): () => void {
    return this.#sound.listen(hearer)
  }
  /** Changes each time that its media time starts again. */
  get run(): number {
    return this.#run
  }
  /** Whether the feed is live, as far as is known; otherwise it is a recording. */
  get isLive(): boolean {
    return this.#slot.engine?.live ?? true
  }
  /** The element, for fullscreen and picture-in-picture. */
  get video(): HTMLVideoElement | undefined {
    return this.#output.video
  }
  /** The user's choices, to be stored. */
  get userChoices(): UserChoices {
    return { volume: this.volume, ...this.choices.chosen }
  }

  /** Plays this address from the live edge. */
  open(url: string): void {
    this.#url = url
    this.#offTick ??= everySecond((now) => this.#tick(now))
    this.#lastTick = Date.now()
    this.#build()
  }

  /** Shows why there is nothing to open yet. */
  fail(why: string, retryAt: number | null): void {
    this.#recovery.report('manifest', why, retryAt)
  }

  /** Releases everything but the element, because the window is hidden. open() starts it again. */
  halt(): void {
    this.#offTick?.()
    this.#offTick = undefined
    this.#slot.close()
    this.#rate = new Rate()
    this.#stats = NO_STATS
    this.#recovery.reset()
    this.live.reset()
    this.#moving = this.#shown = false
    this.#updateStatus()
  }

  destroy(): void {
    this.halt()
    this.#output.destroy()
  }

  /** Shows the picture in this element; returns a function that detaches it. */
  attach(video: HTMLVideoElement): () => void {
    // Called by an effect, which must not depend on the state that is read here.
    untrack(() => this.#slot.attach(video))
    return () => untrack(() => this.#detach(video))
  }

  #detach(video: HTMLVideoElement): void {
    if (this.video !== video) return
    this.#slot.detach()
    this.#moves(false)
  }

  play(): void {
    this.#wanted = true
    // After a long pause, the position may have left the playlist.
    if (this.live.late && !this.live.timeShifted) this.live.stopped()
    this.live.intoWindow()
    this.live.catchUp(this.#moving)
    this.#output.play()
    this.#updateStatus()
  }

  pause(): void {
    this.#wanted = false
    this.video?.pause()
    this.#updateStatus()
  }

  /**
   * Stops decoding while nobody can see the picture; what plays next is still loaded. Its status does not change. Call it again
   * and again: a webview may resume a video by itself.
   */
  rest(): void {
    this.#resting = true
    if (!this.video || this.video.paused) return
    this.video.pause()
  }
  /** Ends rest(): plays at the live position, or where it was if it is time-shifted. */
  wake(): void {
    if (!this.#resting) return
    this.#resting = false
    if (!this.#wanted) return
    this.live.stopped()
    this.#output.play()
    this.live.catchUp(this.#moving)
  }
  /** Whether it rests. */
  get resting(): boolean {
    return this.#resting
  }

  toggle(): void {
    if (this.#wanted) this.pause()
    else this.play()
  }

  setMuted(on: boolean): void {
    this.#output.setMuted(on)
  }

  /** 0 to 1. */
  setVolume(volume: number): void {
    this.#output.setVolume(volume)
  }

  /** What is heard while it is muted, as a part of its volume. */
  setDuck(level: number): void {
    this.#output.setDuck(level)
  }

  /** −1 (left) to 1 (right). */
  setPan(pan: number): void {
    this.#output.setPan(pan)
  }
  get pan(): number {
    return this.#output.pan
  }

  /** Whether an automatic seek is safe now. */
  get rolls(): boolean {
    return this.#playbackRate.rolls
  }
  /** Call it every 200 ms: in WebKitGTK the rate may change later. */
  setRate(rate: number): void {
    if (this.video) this.#playbackRate.set(this.video, rate)
  }

  /** Retries now. */
  tryNow(): void {
    if (this.#url !== '') this.#recovery.tryNow()
  }

  #build(): void {
    this.#recovery.cancel()
    this.#slot.close()
    // Its media time starts again.
    this.#run++
    this.#sound.reset()
    this.#bySound = null
    this.#byEdge = null
    this.#moves(false)
    void this.#slot.load(this.#url)
  }

  #ready(): void {
    this.choices.ready()
    this.#output.play()
  }

  #arrived(what: Arrival): void {
    this.#rate.add(what)
    this.#recovery.arrived(what)
    this.live.catchUp(this.#moving)
  }

  #moves(on: boolean): void {
    this.#moving = on
    if (on) {
      this.#shown = true
      this.#watchdog.moved()
      this.live.catchUp(on)
    }
    this.#updateStatus()
  }

  #updateStatus(): void {
    untrack(() => this.#setStatus())
  }

  #setStatus(): void {
    if (!this.#wanted) this.#status = 'paused'
    else if (this.#moving) this.#status = 'playing'
    else if (this.problem) {
      this.#status = 'stopped'
      this.live.stopped()
    } else this.#status = this.#shown ? 'waiting' : 'starting'
  }

  #tick(now: number): void {
    const [video, engine] = [this.video, this.#slot.engine]
    // Browsers run the timers of a hidden tab once a minute, too rarely to stay at the live edge.
    const hidden = document.hidden
    const slept = !hidden && !this.#wasHidden && now - this.#lastTick > SLEPT
    const shownAgain = !hidden && this.#wasHidden
    this.#lastTick = now
    this.#wasHidden = hidden
    this.#stats = measure(video, engine, this.#rate)
    const plays = video !== undefined && engine !== undefined && this.#wanted && !this.#resting
    this.live.second(this.#stats.behind, plays)
    if (!plays) return
    if (shownAgain && this.live.late) this.live.stopped()
    if (slept) {
      this.live.slept()
      if (!this.#recovery.waits) engine.restart()
    }
    this.live.catchUp(this.#moving)
    this.#watchdog.tick(video)
  }
}
