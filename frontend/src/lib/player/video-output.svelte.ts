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
}

/** The video element of a player. It plays when it should, with sound when the browser allows it. */
export class VideoOutput {
  #video = $state.raw<HTMLVideoElement | undefined>(undefined)
  #muted = $state(true)
  #volume = $state(1)
  #soundBlocked = $state(false)
  #unmutedAt = 0
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

  attach(video: HTMLVideoElement): void {
    this.#off?.abort()
    this.#off = new AbortController()
    const { signal } = this.#off
    this.#video = video
    video.muted = this.#muted
    video.volume = this.#volume
    video.preservesPitch = true
    const on = (event: keyof HTMLVideoElementEventMap, call: () => void) =>
      video.addEventListener(event, call, { signal })
    on('playing', () => this.#listener.moves(true))
    on('waiting', () => this.#listener.moves(false))
    on('canplay', () => this.play())
    on('pause', () => this.#paused(video))
    on('volumechange', () => this.#sounds(video))
  }

  detach(): void {
    this.#off?.abort()
    this.#video = undefined
  }

  /** Releases the element's media, and its memory. */
  destroy(): void {
    const video = this.#video
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
      video.muted = this.#muted = true
      this.#soundBlocked = true
      this.play()
    })
  }

  setMuted(on: boolean): void {
    this.#muted = on
    this.#soundBlocked = false
    if (!on) this.#unmutedAt = Date.now()
    if (this.#video) this.#video.muted = on
  }

  setVolume(volume: number): void {
    this.#volume = within(volume)
    if (this.#video) this.#video.volume = this.#volume
  }

  /**
   * Follows the system's mixer, except that a muted tile stays muted, and one that has just been unmuted stays audible:
   * WebKitGTK reports changes late, when they may already be undone, and sound would jump from tile to tile.
   */
  #sounds(video: HTMLVideoElement): void {
    this.#volume = video.volume
    const ours = this.#muted || Date.now() - this.#unmutedAt < UNMUTING
    if (!ours) this.#muted = video.muted
    else if (video.muted !== this.#muted) video.muted = this.#muted
  }

  #paused(video: HTMLVideoElement): void {
    // The event comes late: it may play again already.
    if (
      !video.paused ||
      !this.#listener.wanted() ||
      video.ended ||
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
