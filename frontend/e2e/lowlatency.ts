import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type Hls from 'hls.js'

const HLS = join(import.meta.dirname, '..', 'node_modules', 'hls.js', 'dist', 'hls.min.js')

/** The result of a low-latency player. */
export interface LowLatency {
  /** The number of parts played. */
  parts: number
  /** Errors of hls.js, without those that a busy machine causes. */
  faults: string[]
  /** Playlists that came in time, and those that did not. */
  reloads: { answered: number; late: number }
  levels: number
  /** The number of buffered ranges: more than one if a part is missing, or shorter than listed. */
  ranges: number
  /** For how long the picture has moved without a stall, in seconds of the stream. */
  steady: number
  /** How far the picture is behind the encoder, in seconds. */
  behind: number
}

/**
 * Plays a low-latency stream on a page with hls.js, until it has moved for `steady` seconds without a stall and is less than
 * `behind` seconds behind the encoder; for a minute at most.
 *
 * If the processor is busy, hls.js reports that it waits for data (bufferStalledError), and that a blocking reload took more
 * than 0.8 s (levelLoadTimeOut); and if the first part takes so long that the playlist moves on meanwhile, it jumps from 0 to
 * that part itself (bufferSeekOverHole). Viewers see that only in the results.
 */
export async function playLowLatency(
  page: Page,
  url: string,
  steady: number,
  behind: number,
): Promise<LowLatency> {
  await page.evaluate(readFileSync(HLS, 'utf8'))
  return page.evaluate(
    async ({ url, steady, behind }) => {
      const { Hls: Player } = window as unknown as { Hls: typeof Hls }
      const video = document.createElement('video')
      video.muted = true
      document.body.append(video)
      const hls = new Player({ lowLatencyMode: true, enableWorker: false })
      const seen: LowLatency = {
        parts: 0,
        faults: [],
        reloads: { answered: 0, late: 0 },
        levels: 0,
        ranges: 0,
        steady: 0,
        behind: Infinity,
      }
      let started = false
      let from = 0
      video.addEventListener('playing', () => (started = true))
      video.addEventListener('waiting', () => (from = Infinity))
      for (const e of ['playing', 'seeked']) video.addEventListener(e, () => (from = video.currentTime))
      hls.on(Player.Events.ERROR, (_, e) => {
        const { LEVEL_LOAD_TIMEOUT, BUFFER_STALLED_ERROR, BUFFER_SEEK_OVER_HOLE } = Player.ErrorDetails
        if (e.details === LEVEL_LOAD_TIMEOUT) seen.reloads.late++
        const busy =
          e.details === LEVEL_LOAD_TIMEOUT ||
          e.details === BUFFER_STALLED_ERROR ||
          (e.details === BUFFER_SEEK_OVER_HOLE && !started)
        if (e.fatal || !busy) seen.faults.push(`${e.details}: ${e.error.message}`)
      })
      hls.on(Player.Events.LEVEL_LOADED, () => seen.reloads.answered++)
      hls.on(Player.Events.FRAG_BUFFERED, (_, e) => (seen.parts += e.part ? 1 : 0))
      hls.loadSource(url)
      hls.attachMedia(video)
      hls.on(Player.Events.MANIFEST_PARSED, () => void video.play())
      const end = Date.now() + 60_000
      do {
        await new Promise((r) => setTimeout(r, 100))
        seen.levels = hls.levels.length
        seen.ranges = video.buffered.length
        seen.steady = started ? Math.max(0, video.currentTime - from) : 0
        seen.behind = hls.playingDate ? (Date.now() - hls.playingDate.getTime()) / 1000 : Infinity
      } while (Date.now() < end && !(seen.parts > 15 && seen.steady > steady && seen.behind < behind))
      hls.destroy()
      video.remove()
      return seen
    },
    { url, steady, behind },
  )
}
