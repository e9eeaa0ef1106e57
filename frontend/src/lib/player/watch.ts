import type { Healing } from './healing.svelte'
import { afterHole, ahead } from './measure'
import { SAY_AFTER, watchdog } from './recovery'

/** The player of a picture that is watched. */
export interface Watched {
  moving(): boolean
  moves(on: boolean): void
  play(): void
  goLive(): void
}

/** Looks after a picture that should move: what the engine does not see, or does not mend. */
export class Watch {
  /** Seconds that it stands. */
  #still = 0
  #at = 0
  #healing: Healing
  #watched: Watched

  constructor(healing: Healing, watched: Watched) {
    this.#healing = healing
    this.#watched = watched
  }

  /** It moves, as the element says. */
  moved(): void {
    this.#still = 0
  }

  /** To be called once a second while it should move. */
  second(video: HTMLVideoElement): void {
    const moved = video.currentTime > this.#at && video.readyState > 1
    this.#at = video.currentTime
    if (moved || document.hidden || video.ended) {
      this.#still = 0
      if (moved && !this.#watched.moving() && !video.paused && !video.seeking) this.#watched.moves(true)
      return
    }
    this.#still++
    if (this.#watched.moving() && this.#still > 1) this.#watched.moves(false)
    this.#watched.play()
    if (this.#still >= SAY_AFTER && this.#healing.problem === null)
      this.#healing.say(
        'fragment',
        'Nothing new has come for some seconds. Looking again until it does.',
        null,
      )
    if (!this.#healing.waits) this.#kick(video)
  }

  #kick(video: HTMLVideoElement): void {
    const ready = ahead(video.buffered, video.currentTime)
    const kick = watchdog(this.#still, ready > 0.5)
    if (kick === 'nudge')
      video.currentTime = afterHole(video.buffered, video.currentTime) ?? video.currentTime + 0.1
    else if (kick === 'live') this.#watched.goLive()
    else if (kick !== null) this.#healing.do(kick)
  }
}
