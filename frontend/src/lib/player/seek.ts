import { clock } from './facts'
import type { Stats } from './types'

/** One step back or on, in s. */
export const STEP = 10
/** With less than this to go back to, in s, there is nothing to show. */
const LEAST = 20

/** Whether there is something to go back to. */
export const seekable = (s: Stats): boolean => s.end - s.start >= LEAST

/** Where it plays, in words: 2:30 behind live; 1:05 of 20:00. What has left the playlist is a place no more. */
export function placeWords(s: Stats, at: number): string {
  if (s.behind !== null && at < s.start) return `live is ${clock(Math.max(0, s.behind))} ahead`
  if (s.behind === null) return `${clock(at - s.start)} of ${clock(s.end - s.start)}`
  return `${clock(Math.max(0, s.behind + s.at - at))} behind live`
}
