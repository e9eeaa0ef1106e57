import { named } from './choice'
import type { Engine, Listener } from './engine'
import { WHY } from './words'

/** Whether the webview plays HLS by itself (macOS, iPhones). */
export const nativeSupported = (): boolean =>
  document.createElement('video').canPlayType('application/vnd.apple.mpegurl') !== ''

/** The webview's native HLS: it chooses the level itself and reports little. */
export class NativeEngine implements Engine {
  #listener: Listener
  #video: HTMLVideoElement | undefined
  #url = ''
  #off: (() => void) | undefined
  level = -1
  cap = -1
  readonly playingLevel = -1
  readonly levels = []
  readonly audioTracks = []
  audioTrack = -1
  readonly live = true
  readonly slack = 0
  readonly target = null

  constructor(listener: Listener) {
    this.#listener = listener
  }

  load(url: string): void {
    this.#url = url
    this.#open()
  }
  attach(video: HTMLVideoElement): void {
    this.#video = video
    const here = new AbortController()
    const { signal } = here
    video.addEventListener('loadedmetadata', () => this.#listener.ready(), { signal })
    video.addEventListener('timeupdate', () => this.#listener.arrived({ kind: 'playlist' }), { signal })
    video.addEventListener('error', () => this.#failed(), { signal })
    this.#off = () => here.abort()
    this.#open()
  }
  detach(): void {
    this.#off?.()
    this.#video?.removeAttribute('src')
    this.#video?.load()
    this.#video = undefined
  }
  destroy(): void {
    this.detach()
  }
  restart(): void {
    this.#open()
  }
  recover(): void {
    this.#open()
  }

  get #subtitles(): TextTrack[] {
    const list = [...(this.#video?.textTracks ?? [])]
    return list.filter((t) => t.kind === 'subtitles' || t.kind === 'captions')
  }
  get subtitles() {
    return named(this.#subtitles.map((t) => ({ name: t.label, language: t.language })))
  }
  get subtitle(): number {
    return this.#subtitles.findIndex((t) => t.mode === 'showing')
  }
  set subtitle(index: number) {
    this.#subtitles.forEach((t, i) => {
      t.mode = i === index ? 'showing' : 'disabled'
    })
  }

  get window() {
    const ranges = this.#video?.seekable
    if (!ranges || ranges.length === 0) return null
    return { start: ranges.start(0), end: ranges.end(ranges.length - 1) }
  }
  get behind(): number | null {
    const end = this.window?.end
    return end === undefined || !this.#video ? null : Math.max(0, end - this.#video.currentTime)
  }
  get livePosition(): number | null {
    return this.window?.end ?? null
  }
  get date(): number | null {
    const video = this.#video as (HTMLVideoElement & { getStartDate?: () => Date }) | undefined
    const start = video?.getStartDate?.().getTime()
    return video === undefined || start === undefined || Number.isNaN(start)
      ? null
      : start + video.currentTime * 1000
  }

  #open(): void {
    if (this.#video && this.#url !== '') this.#video.src = this.#url
  }

  #failed(): void {
    const decoding = this.#video?.error?.code === 3
    this.#listener.trouble({
      stage: decoding ? 'media' : 'manifest',
      fatal: true,
      status: 0,
      why: decoding ? (WHY.media ?? '') : 'The feed cannot be loaded.',
      retryIn: null,
    })
  }
}
