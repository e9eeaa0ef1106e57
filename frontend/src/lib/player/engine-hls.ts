import type Hls from 'hls.js'
import type { ErrorData, Level as HlsLevel, LevelDetails } from 'hls.js'
import { isInit } from './mp4'
import { distinct, named } from './choice'
import type { Engine, Listener } from './engine'
import { megabits } from './facts'
import { hlsConfig } from './policy'
import { prime } from './primer'
import type { Trouble } from './recovery-plan'
import type { Level, Track } from './types'
import { isWebKitGtk } from './webview'
import { whyOf, WHY, type Stage } from './words'

type HlsClass = typeof Hls

/** hls.js as an engine. */
export class HlsEngine implements Engine {
  #hls: Hls
  #listener: Listener

  constructor(HlsImpl: HlsClass, listener: Listener) {
    this.#listener = listener
    const hls = new (waiting(HlsImpl))(hlsConfig())
    const on = HlsImpl.Events
    this.#hls = hls
    const changed = () => listener.changed()
    hls.on(on.MANIFEST_PARSED, () => listener.ready())
    for (const e of [
      on.LEVELS_UPDATED,
      on.LEVEL_SWITCHED,
      on.AUDIO_TRACKS_UPDATED,
      on.AUDIO_TRACK_SWITCHED,
      on.SUBTITLE_TRACKS_UPDATED,
      on.SUBTITLE_TRACK_SWITCH,
    ] as const)
      hls.on(e, changed)
    hls.on(on.LEVEL_LOADED, () => listener.arrived({ kind: 'playlist' }))
    hls.on(on.AUDIO_TRACK_LOADED, () => listener.arrived({ kind: 'audio' }))
    hls.on(on.FRAG_BUFFERED, (_, { frag, stats }) =>
      listener.arrived({ kind: 'fragment', type: frag.type, bytes: stats.total, seconds: frag.duration }),
    )
    if (isWebKitGtk())
      hls.on(on.BUFFER_CREATED, (_, { tracks }) => {
        for (const track of Object.values(tracks)) prime(track.buffer as SourceBuffer)
      })
    let init: Uint8Array | undefined
    let offset = 0
    hls.on(on.BUFFER_APPENDING, (_, piece) => {
      offset = piece.offset ?? offset
      if (piece.type === 'video') return
      if (isInit(piece.data)) init = piece.data
      else if (init) listener.sound({ init, data: piece.data, offset })
    })
    hls.on(on.ERROR, (_, data) => {
      const t = troubleOf(data)
      if (t) listener.trouble(t)
    })
  }

  load(url: string): void {
    this.#hls.loadSource(url)
  }
  attach(video: HTMLVideoElement): void {
    this.#hls.attachMedia(video)
  }
  detach(): void {
    this.#hls.detachMedia()
  }
  destroy(): void {
    this.#hls.destroy()
  }
  restart(): void {
    this.#hls.stopLoad()
    this.#hls.startLoad()
  }
  recover(swapAudioCodec: boolean): void {
    if (swapAudioCodec) this.#hls.swapAudioCodec()
    this.#hls.recoverMediaError()
    this.#listener.changed()
  }

  get levels(): Level[] {
    return labelled(this.#hls.levels)
  }
  get level(): number {
    return this.#hls.autoLevelEnabled ? -1 : this.#hls.manualLevel
  }
  set level(index: number) {
    // nextLevel keeps the fragment that is playing and replaces what is buffered after it.
    if (index >= 0) this.#hls.nextLevel = index
    else this.#hls.loadLevel = -1
  }
  get playingLevel(): number {
    return this.#hls.currentLevel
  }
  get cap(): number {
    return this.#hls.autoLevelCapping
  }
  set cap(index: number) {
    if (this.#hls.autoLevelCapping !== index) this.#hls.autoLevelCapping = index
  }
  get audioTracks(): Track[] {
    return tracks(this.#hls.audioTracks)
  }
  get audioTrack(): number {
    return this.#hls.audioTrack
  }
  set audioTrack(index: number) {
    this.#hls.audioTrack = index
  }
  get subtitles(): Track[] {
    return tracks(this.#hls.subtitleTracks)
  }
  get subtitle(): number {
    return this.#hls.subtitleTrack
  }
  set subtitle(index: number) {
    this.#hls.subtitleDisplay = index >= 0
    this.#hls.subtitleTrack = index
  }

  get live(): boolean {
    return this.#hls.latestLevelDetails?.live ?? true
  }
  get behind(): number | null {
    const details = this.#hls.latestLevelDetails
    const media = this.#hls.media
    if (!details?.live || !media || media.readyState === 0) return null
    return Math.max(0, edgeOf(details) - media.currentTime)
  }
  get target(): number | null {
    return this.#hls.targetLatency
  }
  get window() {
    const details = this.#hls.latestLevelDetails
    return details ? { start: details.fragmentStart, end: details.edge } : null
  }
  get livePosition(): number | null {
    const details = this.#hls.latestLevelDetails
    return this.live && details ? livePositionOf(details, this.#hls.targetLatency ?? 0) : null
  }
  /** Playlists are loaded once a target duration, so one may have grown that long before. */
  get slack(): number {
    return this.#hls.latestLevelDetails?.targetduration ?? 0
  }
  get date(): number | null {
    return this.#hls.playingDate?.getTime() ?? null
  }
}

/**
 * hls.js that does not seek back when all that is listed has been played: it would show the last seconds again and again until
 * there is more. Its playhead is then a little beyond the end of the playlist.
 */
const waiting = (HlsImpl: HlsClass): HlsClass =>
  class extends HlsImpl {
    override get liveSyncPosition(): number | null {
      const position = super.liveSyncPosition
      const [details, media] = [this.latestLevelDetails, this.media]
      return position === null || waitsAtEdge(details?.edge, media?.currentTime) ? null : position
    }
  }

/** How far beyond the end of the playlist a playhead may stop, in s: sound and picture end at different times. */
const BEYOND = 1

/** Whether the playhead waits at the end of the playlist. */
export const waitsAtEdge = (edge = Infinity, at = 0): boolean => at > edge && at < edge + BEYOND

function labelled(levels: HlsLevel[]): Level[] {
  const plain = levels.map((l) => nameOf(l))
  const labels = distinct(
    levels.map((l, i) => {
      const name = plain[i] ?? ''
      const twice = plain.filter((p) => p === name).length > 1
      return twice && l.bitrate > 0 ? `${name} ${megabits(l.bitrate)}` : name
    }),
  )
  return levels.map((l, index) => ({
    index,
    label: labels[index] ?? '',
    height: l.height || 0,
    width: l.width || 0,
    bitrate: l.bitrate,
  }))
}

function nameOf(l: HlsLevel): string {
  if (!l.height) return l.bitrate > 0 ? megabits(l.bitrate) : 'Original'
  return l.frameRate > 30 ? `${l.height}p${Math.round(l.frameRate)}` : `${l.height}p`
}

const tracks = (list: { name: string; lang?: string }[]): Track[] =>
  named(list.map((t) => ({ name: t.name, language: t.lang ?? '' })))

/** The part of hls.js's playlist details that is used here: media times and the playlist's age, in s. */
type Details = Pick<LevelDetails, 'edge' | 'age' | 'targetduration' | 'fragmentStart'>

/**
 * The live edge: the end of the last segment plus the time since it was listed, but at most one target duration. hls.js
 * extrapolates for as long as the playlist does not grow, so a player would skip segments when it grows again.
 */
export const edgeOf = ({ edge, age, targetduration }: Details): number =>
  edge + Math.min(Math.max(0, age), targetduration)

/** The live playback position: behind the live edge, and within the listed segments. */
export function livePositionOf(details: Details, latency: number): number {
  const latest = details.edge - details.targetduration
  return Math.max(details.fragmentStart, Math.min(edgeOf(details) - latency, latest))
}

/** Converts an error of hls.js; undefined if hls.js handles it itself. */
export function troubleOf(data: ErrorData): Trouble | undefined {
  const stage = stageOf(data.details)
  if (
    stage === undefined ||
    ((stage === 'media' || stage === 'other' || stage === 'subtitle') && !data.fatal)
  )
    return undefined
  const timeout = data.details.endsWith('TimeOut')
  const status = data.response?.code ?? 0
  const requested = data.response !== undefined || timeout
  const why =
    WHY[stage] ?? (requested ? whyOf(status, bodyOf(data.networkDetails), timeout) : playlistError(data))
  return { stage, fatal: data.fatal, status: requested && !timeout ? status : 0, why, retryIn: retryIn(data) }
}

/** Why a playlist that was loaded could not be used. */
const playlistError = (data: ErrorData): string =>
  data.details === 'levelEmptyError'
    ? 'The feed has no video right now.'
    : 'The CDN sent a playlist that cannot be read.'

function stageOf(details: string): Stage | undefined {
  if (details === 'manifestIncompatibleCodecsError' || details === 'bufferIncompatibleCodecsError')
    return 'codec'
  if (details.startsWith('manifest')) return 'manifest'
  if (details.startsWith('level') && details !== 'levelSwitchError') return 'playlist'
  if (details === 'playlistUnchangedError') return 'playlist'
  if (details.startsWith('audioTrack')) return 'audio'
  if (details.startsWith('subtitle')) return 'subtitle'
  if (details === 'fragLoadError' || details === 'fragLoadTimeOut') return 'fragment'
  if (details === 'keyLoadError' || details === 'keyLoadTimeOut') return 'key'
  if (details.startsWith('frag') || details.startsWith('buffer') || details.startsWith('media'))
    return 'media'
  if (details === 'aborted') return undefined
  return 'other'
}

function retryIn(data: ErrorData): number | null {
  const { retryConfig, retryCount = 0 } = data.errorAction ?? {}
  if (data.fatal || !retryConfig || retryCount >= retryConfig.maxNumRetry) return null
  return Math.min(retryConfig.retryDelayMs * 2 ** retryCount, retryConfig.maxRetryDelayMs)
}

/** The response body as text, whatever its response type. */
function bodyOf(details: unknown): string {
  if (!(details instanceof XMLHttpRequest)) return ''
  const body: unknown = details.response
  if (typeof body === 'string') return body
  return body instanceof ArrayBuffer && body.byteLength < 10_000 ? new TextDecoder().decode(body) : ''
}
