import { clock } from './facts'
import type { Stats } from './types'

/** One step back or forward, in s. */
export const STEP = 10
/** The shortest DVR window, in s, for which a seek bar is shown. */
const LEAST = 20

/** Whether there is enough of a DVR window to seek in. */
export const seekable = (s: Stats): boolean => s.end - s.start >= LEAST

/** The position as text: 2:30 behind live; 1:05 of 20:00. */
export function positionText(s: Stats, at: number): string {
  if (s.behind === null) return `${clock(at - s.start)} of ${clock(s.end - s.start)}`
  return `${clock(Math.max(0, s.behind + s.at - at))} behind live`
}
