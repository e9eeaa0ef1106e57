import { untrack } from 'svelte'
import { Choices } from './choices.svelte'
import { Deck } from './deck'
import type { Arrival, OpenEngine } from './engine'
import { openEngine } from './open-engine'
import { Healing } from './healing.svelte'
import { LiveEdge } from './live.svelte'
import { measure, Rate } from './measure'
import { Screen } from './screen.svelte'
import { everySecond } from './ticker'
import { DEFAULT_SETTINGS, NO_STATS, type Problem, type Stats, type Status, type Wishes } from './types'
import { Watch } from './watch'

/** A second that took longer than this, in ms: the machine slept. */
const SLEPT = 15_000

/** One picture: an engine, what is wanted of it and how it fares. It recovers by itself from whatever can be recovered from. */
export class Player {
  /** Which level and which tracks play. */
  readonly choices: Choices
  /** Where it plays. */
  readonly live: LiveEdge
  #status = $state<Status>('starting')
  #stats = $state.raw<Stats>(NO_STATS)
  #wanted = $state(true)
  #screen: Screen
  #deck: Deck
  #healing: Healing
  #watch: Watch

  #title: string
  #url = ''
  #rate = new Rate()
  #moving = false
  #shown = false
  #lastTick = Date.now()
  #wasHidden = false
  #offTick: (() => void) | undefined

  constructor(title = '', wishes: Partial<Wishes> = {}, open: OpenEngine = openEngine) {
    const { volume, quality, audio, audioLanguage, subtitle, subtitleLanguage } = {
      ...DEFAULT_SETTINGS,
      ...wishes,
    }
    this.#title = title
    const moves = (on: boolean) => this.#moves(on)
    this.#screen = new Screen(volume, {
      wanted: () => this.#wanted && this.#deck.engine !== undefined,
      moves,
      paused: () => {
        // WebKit pauses what is muted while its window is hidden. When it is shown, #watch plays on from the live edge.
        if (document.hidden) this.live.stopped()
        else this.#wanted = false
        this.#look()
      },
    })
    const deck = new Deck(open, this.#screen, {
      ready: () => this.#ready(),
      changed: () => this.choices.changed(),
      arrived: (what) => this.#arrived(what),
      trouble: (t) => this.#healing.trouble(t),
    })
    this.#deck = deck
    this.choices = new Choices({ quality, audio, audioLanguage, subtitle, subtitleLanguage }, deck)
    this.live = new LiveEdge(deck, this.choices, {
      sought: () => this.#screen.play(),
      wentLive: () => {
        this.#wanted = true
        this.#screen.play()
        this.#look()
      },
    })
    this.#healing = new Healing(deck, {
      what: () => (this.#shown ? `${this.#title} has stopped` : `${this.#title} does not start yet`),
      moving: () => this.#moving,
      rebuild: () => this.#build(),
      silence: () => this.choices.setSubtitle(-1),
      changed: () => this.#look(),
    })
    this.#watch = new Watch(this.#healing, {
      moving: () => this.#moving,
      moves,
      play: () => this.#screen.play(),
      goLive: () => this.live.go(),
    })
  }

  get status(): Status {
    return this.#status
  }
  /** What is wrong. While the status is playing, the picture lives on what is ready. */
  get problem(): Problem | null {
    return this.#healing.problem
  }
  get muted(): boolean {
    return this.#screen.muted
  }
  get volume(): number {
    return this.#screen.volume
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
  /** PROGRAM-DATE-TIME at the playhead just now, ms; stats.date is that of the last second. */
  get date(): number | null {
    return this.#moving ? (this.#deck.engine?.date ?? null) : null
  }
  /** The element, for fullscreen and picture-in-picture. */
  get video(): HTMLVideoElement | undefined {
    return this.#screen.video
  }
  /** What was chosen, to be kept. */
  get wishes(): Wishes {
    return { volume: this.volume, ...this.choices.wish }
  }

  /** Plays this address, from the live edge. */
  open(url: string): void {
    this.#url = url
    this.#offTick ??= everySecond((now) => this.#tick(now))
    this.#lastTick = Date.now()
    this.#build()
  }

  /** Says why there is nothing to open yet. */
  fail(why: string, retryAt: number | null): void {
    this.#healing.say('manifest', why, retryAt)
  }

  /** Lets go of everything but the element: the window is hidden. open() starts it again. */
  halt(): void {
    this.#offTick?.()
    this.#offTick = undefined
    this.#deck.close()
    this.#rate = new Rate()
    this.#stats = NO_STATS
    this.#healing.reset()
    this.live.reset()
    this.#moving = this.#shown = false
    this.#look()
  }

  destroy(): void {
    this.halt()
    this.#screen.destroy()
  }

  /** Shows the picture in this element; returns what takes it out again. */
  attach(video: HTMLVideoElement): () => void {
    // Called by an effect, which is not to run again when a state changes.
    untrack(() => this.#deck.attach(video))
    return () => untrack(() => this.#detach(video))
  }

  #detach(video: HTMLVideoElement): void {
    if (this.video !== video) return
    this.#deck.detach()
    this.#moves(false)
  }

  play(): void {
    this.#wanted = true
    // What was paused for long may be gone from the playlist.
    if (this.live.late && !this.live.held) this.live.stopped()
    this.live.intoWindow()
    this.live.catchUp(this.#moving)
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

  setRate(rate: number): void {
    if (this.video && this.video.playbackRate !== rate) this.video.playbackRate = rate
  }

  /** Does not wait for the next try. */
  tryNow(): void {
    if (this.#url !== '') this.#healing.tryNow()
  }

  #build(): void {
    this.#healing.cancel()
    this.#deck.close()
    this.#moves(false)
    void this.#deck.load(this.#url)
  }

  #ready(): void {
    this.choices.ready()
    this.#screen.play()
  }

  #arrived(what: Arrival): void {
    this.#rate.add(what)
    this.#healing.arrived(what)
    this.live.catchUp(this.#moving)
  }

  #moves(on: boolean): void {
    this.#moving = on
    if (on) {
      this.#shown = true
      this.#watch.moved()
      this.live.catchUp(on)
    }
    this.#look()
  }

  #look(): void {
    untrack(() => this.#judge())
  }

  #judge(): void {
    if (!this.#wanted) this.#status = 'paused'
    else if (this.#moving) this.#status = 'playing'
    else if (this.problem) {
      this.#status = 'stopped'
      this.live.stopped()
    } else this.#status = this.#shown ? 'waiting' : 'starting'
  }

  #tick(now: number): void {
    const [video, engine] = [this.video, this.#deck.engine]
    // A hidden tab has its timers once a minute, and is not given time enough to stay at the live edge.
    const hidden = document.hidden
    const slept = !hidden && !this.#wasHidden && now - this.#lastTick > SLEPT
    const shownAgain = !hidden && this.#wasHidden
    this.#lastTick = now
    this.#wasHidden = hidden
    this.#stats = measure(video, engine, this.#rate)
    const plays = video !== undefined && engine !== undefined && this.#wanted
    this.live.second(this.#stats.behind, plays)
    if (!plays) return
    if (shownAgain && this.live.late) this.live.stopped()
    if (slept) {
      this.live.slept()
      if (!this.#healing.waits) engine.restart()
    }
    this.live.catchUp(this.#moving)
    this.#watch.second(video)
  }
}
