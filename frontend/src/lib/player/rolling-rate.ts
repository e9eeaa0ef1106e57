import { isWebKitGtk } from './webview'

/** So many looks in a row, 200 ms apart, must find the video playing before it counts as rolling. */
const LOOKS = 3
/** A step of the media time beyond this between two looks, in s, is a seek. */
const JUMP = 1

/**
 * Sets the playback rate of a video, and knows whether its pictures roll. WebKitGTK seeks to change the rate, and a seek while a
 * pipeline starts, waits or seeks can block the page for good. So there the rate changes only once the video has rolled for a while.
 */
export class RollingRate {
  #careful: boolean
  #video: HTMLVideoElement | undefined
  #at = 0
  #looks = 0

  constructor(careful = isWebKitGtk()) {
    this.#careful = careful
  }

  /** Whether an automatic seek is safe now. Anywhere but in WebKitGTK it always is. */
  get rolls(): boolean {
    return !this.#careful || this.#looks >= LOOKS
  }

  /** Call it with the wanted rate every 200 ms: it may take effect later. */
  set(video: HTMLVideoElement, rate: number): void {
    this.#look(video)
    if (!this.rolls || video.playbackRate === rate) return
    video.playbackRate = rate
    this.#looks = 0
  }

  #look(video: HTMLVideoElement): void {
    const step = video.currentTime - this.#at
    const advanced = this.#video === video && step > 0 && step < JUMP
    this.#video = video
    this.#at = video.currentTime
    const plays = !video.paused && !video.seeking && video.readyState >= 3
    this.#looks = plays && advanced ? this.#looks + 1 : 0
  }
}
