import type { FlagColour } from '../ui/Flag.svelte'
import type { Fuse } from './fuse'
import type { Problem, Status } from './types'

/** The drift, in ms, from which on a tile is flagged as out of step. */
export const OUT_OF_STEP = 1_000

export interface TileState {
  colour: FlagColour
  /** The text of the flag, shown beside the title unless all is well. */
  word: string
}

/** The flag of a tile: its most serious state. */
export function stateOf(
  status: Status,
  problem: Problem | null,
  drift: number | null,
  fuse: Pick<Fuse, 'tone' | 'text'>,
): TileState {
  switch (status) {
    case 'stopped':
      return { colour: 'red', word: 'stopped' }
    case 'paused':
      return { colour: 'grey', word: 'paused' }
    case 'starting':
      return { colour: 'grey', word: 'starting' }
    case 'waiting':
      return { colour: 'yellow', word: 'waiting' }
  }
  if (problem) return { colour: 'yellow', word: problem.why }
  if (drift !== null && Math.abs(drift) > OUT_OF_STEP) return { colour: 'blue', word: 'out of step' }
  if (fuse.tone === 'late') return { colour: 'yellow', word: lateWord(fuse.text) }
  return { colour: 'green', word: 'plays' }
}

/** The flag for a token that was not renewed in time. */
function lateWord(text: string): string {
  if (text.includes('old token')) return 'plays with the old token'
  return text.includes('not renewed') ? 'token not renewed' : 'renewing'
}
