import { connect, tapOf, whenRunning, type Side } from './audio-graph'
import { repeatLostSeeks } from './lost-seek'
import { Panned } from './pan/panned'
import type { SoundHearer } from './sound-pieces'
import { isWebKitGtk } from './webview'

/** How long after unmuting a browser may pause because it does not allow sound, in ms. */
const SOUND_REFUSAL = 500

/** How long a webview may take to unmute, in ms. */
const UNMUTING = 3_000

/** What a VideoOutput asks and tells its player. */
export interface VideoListener {
  /** Whether it should play. */
  wanted(): boolean
  moves(on: boolean): void
  /** It was paused from outside: by a media key, the picture-in-picture window or the system's sound menu. */
  paused(): void
  /** Lets it hear what has been loaded lately, and what is loaded from now on. Returns a function that ends it. */
  listen(hearer: SoundHearer): () => void
}

/** The video element of a player. It plays when it should, with sound when the browser allows it. */
export class VideoOutput {
  #video = $state.raw<HTMLVideoElement | undefined>(undefined)
  #muted = $state(true)
  #volume = $state(1)
  #soundBlocked = $state(false)
  #unmutedAt = 0
  /** What is heard of it while it is muted, as a part of its volume. */
  #duck = 0
  #pan = $state(0)
  /** The browser does not allow sound yet: nothing is heard while it is muted. */
  #silent = false
  #side: Side | undefined
  #offSide: (() => void) | undefined
  #listener: VideoListener
  #off: AbortController | undefined

  constructor(volume: number, listener: VideoListener) {
    this.#volume = within(volume)
    this.#listener = listener
  }

  get video(): HTMLVideoElement | undefined {
    return this.#video
  }
  get muted(): boolean {
    return this.#muted
  }
  get volume(): number {
    return this.#volume
  }
  get soundBlocked(): boolean {
    return this.#soundBlocked
  }
  get pan(): number {
    return this.#pan
  }

  attach(video: HTMLVideoElement): void {
    this.#off?.abort()
    this.#leaveSide()
    this.#off = new AbortController()
    const { signal } = this.#off
    this.#video = video
    video.preservesPitch = true
    this.#side = tapOf(video)
    this.#applySound()
    this.#connect()
    const on = (event: keyof HTMLVideoElementEventMap, call: () => void) =>
      video.addEventListener(event, call, { signal })
    on('playing', () => this.#listener.moves(true))
    on('waiting', () => this.#listener.moves(false))
    on('canplay', () => this.play())
    on('pause', () => this.#paused(video))
    on('volumechange', () => this.#sounds(video))
    if (isWebKitGtk()) repeatLostSeeks(video, signal)
  }

  detach(): void {
    this.#off?.abort()
    this.#leaveSide()
    this.#offSide?.()
    this.#offSide = this.#side = undefined
    this.#video = undefined
  }

  /** Releases the element's media, and its memory. */
  destroy(): void {
    const video = this.#video
    this.#side?.close()
    this.detach()
    if (!video) return
    video.pause()
    video.removeAttribute('src')
    video.load()
  }

  /** Plays if it should; muted if the browser requires a click or a key before sound. */
  play(): void {
    const video = this.#video
    if (!video || !this.#listener.wanted() || !video.paused) return
    video.play().catch((thrown: unknown) => {
      if (!(thrown instanceof DOMException) || thrown.name !== 'NotAllowedError' || video.muted) return
      this.#soundBlocked = !this.#muted
      this.#muted = this.#silent = video.muted = true
      this.play()
    })
  }

  setMuted(on: boolean): void {
    this.#muted = on
    this.#soundBlocked = false
    if (!on) this.#unmuting()
    this.#applySound()
  }

  setVolume(volume: number): void {
    this.#volume = within(volume)
    this.#applySound()
  }

  /** Sets what is heard while it is muted, as a part of its volume: others are ducked instead of muted. */
  setDuck(level: number): void {
    const duck = within(level)
    if (duck > 0 && (this.#duck === 0 || this.#silent)) this.#unmuting()
    this.#duck = duck
    this.#applySound()
  }

  /** −1 (left) to 1 (right). */
  setPan(pan: number): void {
    this.#pan = Math.min(1, Math.max(-1, pan))
    if (this.#pan === 0) this.#leaveSide()
    this.#connect()
    this.#applySound()
  }

  #unmuting(): void {
    this.#silent = false
    this.#unmutedAt = Date.now()
  }

  #connect(): void {
    const video = this.#video
    if (!video || this.#side || this.#offSide || this.#pan === 0) return
    const use = (side: Side) => {
      this.#side = side
      this.#applySound()
    }
    this.#offSide = isWebKitGtk()
      ? whenRunning((context) =>
          use(new Panned(context, video, this.#listener.listen, () => this.#applySound())),
        )
      : connect(video, (tap) => this.#video === video && use(tap))
  }

  /** The element is heard as without WebAudio, if that is possible. */
  #leaveSide(): void {
    if (this.#side && !this.#side.temporary) return
    this.#offSide?.()
    this.#side?.close()
    this.#offSide = this.#side = undefined
  }

  get #level(): number {
    if (!this.#muted) return this.#volume
    return this.#silent ? 0 : this.#volume * this.#duck
  }

  /** Makes the element, or its tap, as loud as it should be. */
  #applySound(): void {
    const video = this.#video
    if (!video) return
    this.#side?.set(this.#level, this.#pan)
    if (this.#side?.element === 'routed') {
      // What the element leaves out would be missing.
      video.muted = false
      video.volume = 1
      return
    }
    if (this.#side?.element === 'silent') {
      video.muted = true
      return
    }
    const ducked = this.#muted && this.#level > 0
    video.muted = this.#muted && !ducked
    video.volume = ducked ? this.#level : this.#volume
  }

  /**
   * Follows the system's mixer, except that a muted tile stays muted, and one that has just been unmuted stays audible:
   * WebKitGTK reports changes late, when they may already be undone, and sound would jump from tile to tile.
   */
  #sounds(video: HTMLVideoElement): void {
    // Its own sound says nothing then.
    if (this.#side || (this.#muted && this.#level > 0)) return
    this.#volume = video.volume
    const ours = this.#muted || Date.now() - this.#unmutedAt < UNMUTING
    if (!ours) this.#muted = video.muted
    else if (video.muted !== this.#muted) video.muted = this.#muted
  }

  #paused(video: HTMLVideoElement): void {
    // The event comes late: it may play again already, or was paused at its end and has been sought since.
    if (
      !video.paused ||
      !this.#listener.wanted() ||
      video.ended ||
      video.seeking ||
      !video.isConnected ||
      video.readyState === 0
    )
      return
    // A browser that does not allow sound yet pauses instead.
    if (Date.now() - this.#unmutedAt < SOUND_REFUSAL && !video.muted) this.play()
    else this.#listener.paused()
  }
}

const within = (volume: number): number => Math.min(1, Math.max(0, volume))
