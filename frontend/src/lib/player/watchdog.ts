import type { Recovery } from './recovery.svelte'
import { afterGap, ahead } from './measure'
import { REPORT_AFTER, watchdogAction } from './recovery-plan'

/** What the watchdog needs of the player. */
export interface WatchdogHost {
  moving(): boolean
  moves(on: boolean): void
  play(): void
  goLive(): void
}

/** Detects playback that is stuck without an error from the engine, and gets it going again. */
export class Watchdog {
  /** For how many seconds it has been stuck. */
  #still = 0
  #at = 0
  #recovery: Recovery
  #host: WatchdogHost

  constructor(recovery: Recovery, host: WatchdogHost) {
    this.#recovery = recovery
    this.#host = host
  }

  /** The element reports progress. */
  moved(): void {
    this.#still = 0
  }

  /** Call once a second while the feed should play. */
  tick(video: HTMLVideoElement): void {
    const moved = video.currentTime > this.#at && video.readyState > 1
    this.#at = video.currentTime
    if (moved || document.hidden || video.ended) {
      this.#still = 0
      if (moved && !this.#host.moving() && !video.paused && !video.seeking) this.#host.moves(true)
      return
    }
    this.#still++
    if (this.#host.moving() && this.#still > 1) this.#host.moves(false)
    this.#host.play()
    if (this.#still >= REPORT_AFTER && this.#recovery.problem === null)
      this.#recovery.report('fragment', 'No data for several seconds. Retrying.', null)
    if (!this.#recovery.waits) this.#act(video)
  }

  #act(video: HTMLVideoElement): void {
    const buffered = ahead(video.buffered, video.currentTime)
    const action = watchdogAction(this.#still, buffered > 0.5)
    if (action === 'nudge')
      video.currentTime = afterGap(video.buffered, video.currentTime) ?? video.currentTime + 0.1
    else if (action === 'live') this.#host.goLive()
    else if (action !== null) this.#recovery.run(action)
  }
}
