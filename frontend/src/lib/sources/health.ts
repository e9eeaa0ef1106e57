import type { Source, Stream } from '../api'
import type { FlagColour } from '../ui/Flag.svelte'

export interface Health {
  colour: FlagColour
  word: string
  /** The file has errors, which must be fixed first. */
  broken: boolean
}

/** An error of the file, reported before any run: "sources/club.toml:7:1: …". */
const FILE_FAULT = /^[^\n]*?\.toml(:\d+){0,2}: /

/** The health of a source. `streams` are those that it lists, if known. */
export function healthOf(s: Source, streams: readonly Stream[] = [], running = s.running): Health {
  const is = (colour: FlagColour, word: string, broken = false): Health => ({ colour, word, broken })
  if (s.error !== null && s.last_run === null && (FILE_FAULT.test(s.error) || s.kind === ''))
    return is('red', 'broken file', true)
  if (running) return is('yellow', 'running')
  if (!s.enabled) return is('grey', 'off')
  if (s.error !== null) return is('red', 'failed')
  if (s.not_yet) return is('grey', 'not started')
  if (s.last_run === null) return is('grey', 'not run yet')
  if (s.stream_count === 0) return is('yellow', 'no feeds')
  if (s.live_count === s.stream_count) return is('green', 'fine')
  if (streams.length > 0 && streams.every((f) => f.is_live === null)) return is('grey', 'checking')
  if (s.live_count === 0) return is('red', s.stream_count === 1 ? 'not live' : 'none live')
  return is('yellow', `${s.live_count} of ${s.stream_count} live`)
}

/** "3 live of 4", "no feeds"; "" for a source that has not run. */
export function feedsOf(s: Source): string {
  if (s.last_run === null) return ''
  if (s.stream_count === 0) return 'no feeds'
  return `${s.live_count} live of ${s.stream_count}`
}

/** Why a source that has not started waits: "begins in 2 hours; next run at 14:30"; '' for any other source. */
export function waitsFor(s: Source): string {
  if (!s.not_yet) return ''
  if (!s.looks_again) return s.not_yet
  const at = new Date(s.looks_again).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return `${s.not_yet}; next run at ${at}`
}

/** How long ago an instant was: "just now", "40 s ago", "2 min ago". now is in ms. */
export function ago(at: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 2 * 86400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86400)} days ago`
}

export const feeds = (n: number): string => (n === 1 ? '1 feed' : `${n.toLocaleString('en')} feeds`)

/**
 * What the user can do with a source: reach it by its key, and change its file. Of two files with the same key only the
 * first can be reached, a built-in source has no file, and the folder itself may be listed with its error.
 */
export function rightsOf(s: Source, all: readonly Source[]): { reach: boolean; file: boolean; why: string } {
  if (all.find((o) => o.key === s.key) !== s)
    return {
      reach: false,
      file: false,
      why: `Another source has the same key, ${s.key}. Edit this file to change it.`,
    }
  if (s.file === '')
    return {
      reach: true,
      file: false,
      why: 'Added by --demo, so there is no file to edit, switch off or delete.',
    }
  if (!s.file.endsWith('.toml')) return { reach: false, file: false, why: '' }
  return { reach: true, file: true, why: '' }
}
