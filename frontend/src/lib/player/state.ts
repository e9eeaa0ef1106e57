import type { FlagColour } from '../ui/Flag.svelte'
import type { TokenStatus } from './token-status'
import type { Problem, Status } from './types'

/** The drift, in ms, above which a tile is flagged as out of sync. */
export const OUT_OF_SYNC = 1_000

export interface TileState {
  colour: FlagColour
  /** The flag as text, shown beside the title unless the flag is green. */
  word: string
  /** Whether it is worth knowing, but needs no attention. */
  quiet?: boolean
}

/** The flag of a tile: its most serious state. */
export function stateOf(
  status: Status,
  problem: Problem | null,
  drift: number | null,
  token: Pick<TokenStatus, 'tone' | 'text'>,
  stepNote = '',
  /** The name of the spare that plays in its place; "" for none. */
  spare = '',
): TileState {
  switch (status) {
    case 'stopped':
      return { colour: 'red', word: 'stopped' }
    case 'paused':
      return { colour: 'grey', word: 'paused' }
    case 'starting':
      return { colour: 'grey', word: 'starting' }
    case 'waiting':
      return { colour: 'yellow', word: 'buffering' }
  }
  if (problem) return { colour: 'yellow', word: problem.why }
  if (stepNote !== '') return { colour: 'blue', word: stepNote }
  if (drift !== null && Math.abs(drift) > OUT_OF_SYNC) return { colour: 'blue', word: 'out of sync' }
  // The token of the feed's own source does not matter meanwhile.
  if (spare !== '') return { colour: 'yellow', word: `spare: ${spare}`, quiet: true }
  if (token.tone === 'late') return { colour: 'yellow', word: lateWord(token.text) }
  return { colour: 'green', word: 'playing' }
}

/** The flag for a token that was not renewed in time. */
function lateWord(text: string): string {
  if (text.includes('old token')) return 'using the old token'
  return text.includes('not renewed') ? 'token not renewed' : 'renewing'
}
