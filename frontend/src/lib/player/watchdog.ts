import { FrameWatch } from './frozen'
import type { Recovery } from './recovery.svelte'
import { afterGap, ahead } from './measure'
import { REPORT_AFTER, watchdogAction } from './recovery-plan'

/** A picture that freezes again within this time, in ms, gets a new engine. */
const AGAIN = 120_000

/** What the watchdog needs of the player. */
export interface WatchdogHost {
  moving(): boolean
  moves(on: boolean): void
  /** Whether there will be more after the end of what is listed. */
  goesOn(): boolean
  play(): void
  goLive(): void
}

/** Detects playback that is stuck without an error from the engine, and gets it going again. */
export class Watchdog {
  /** For how many seconds it has been stuck. */
  #still = 0
  /** For how many of them, lately, there was media to play. */
  #withData = 0
  #at = 0
  #frames = new FrameWatch()
  #restarted = -Infinity
  #recovery: Recovery
  #host: WatchdogHost

  constructor(recovery: Recovery, host: WatchdogHost) {
    this.#recovery = recovery
    this.#host = host
  }

  /** The element reports progress. */
  moved(): void {
    this.#still = this.#withData = 0
  }

  /** Call once a second while the feed should play. */
  tick(video: HTMLVideoElement): void {
    const moved = video.currentTime > this.#at && video.readyState > 1
    this.#at = video.currentTime
    if (moved || document.hidden || (video.ended && !this.#host.goesOn())) {
      this.#still = this.#withData = 0
      if (moved && !this.#host.moving() && !video.paused && !video.seeking) this.#host.moves(true)
      this.#checkFrames(video, moved)
      return
    }
    this.#still++
    if (this.#host.moving() && this.#still > 1) this.#host.moves(false)
    // At its end, play() would begin at the start.
    if (!video.ended) this.#host.play()
    if (this.#still >= REPORT_AFTER && this.#recovery.problem === null)
      this.#recovery.report('fragment', 'No data for several seconds. Retrying.', null)
    if (!this.#recovery.waits) this.#act(video)
  }

  /** A picture that gets no frames while time runs is restarted, and nothing else on the wall. */
  #checkFrames(video: HTMLVideoElement, moved: boolean): void {
    if (!moved || document.hidden || !onScreen(video)) return this.#frames.pause()
    if (!this.#frames.second(video) || this.#recovery.waits) return
    const again = Date.now() - this.#restarted < AGAIN
    this.#restarted = Date.now()
    this.#recovery.report('media', 'The picture stood still. Restarting this feed.', null)
    this.#recovery.run(again ? 'rebuild' : 'recover')
  }

  #act(video: HTMLVideoElement): void {
    const buffered = ahead(video.buffered, video.currentTime)
    // What to do with data is counted from when it came, not from when playback stopped.
    this.#withData = buffered > 0.5 ? this.#withData + 1 : 0
    const data = this.#withData > 0
    const action = watchdogAction(data ? this.#withData : this.#still, data)
    if (action === 'nudge')
      video.currentTime = afterGap(video.buffered, video.currentTime) ?? video.currentTime + 0.1
    else if (action === 'live') this.#host.goLive()
    else if (action !== null) this.#recovery.run(action)
  }
}

/** Whether the element is laid out: not on a page that is hidden. */
const onScreen = (video: HTMLVideoElement): boolean => video.getClientRects().length > 0
