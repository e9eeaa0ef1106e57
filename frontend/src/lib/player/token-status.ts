import type { Active } from '../api'
import { ago, clock } from './facts'
import { renewalWords } from './words'

/** The remaining lifetime of a token, as a number and as text. */
export interface TokenStatus {
  /** 1: new, 0: expired; null: the lifetime is unknown. */
  left: number | null
  tone: 'fresh' | 'late' | 'unknown'
  /** The full text: "token 0:21 left · renewed 9 s ago". */
  text: string
  /** The short text, for narrow tiles: "token 0:21". */
  short: string
}

/** Tokens are renewed a quarter of their lifetime before they expire, at most a minute (backend/refresh). */
const MARGIN_PART = 1 / 4
const MARGIN_MOST = 60_000
/** The part of that margin after which a renewal counts as late. */
const PATIENCE = 0.6

const UNKNOWN = { left: null, tone: 'unknown' } as const
const instant = (s: string | null): number | null => (s === null ? null : Date.parse(s))

/**
 * Returns the status of a stream's token at `now`. `since` is when the token was first seen; it stands in for the unknown
 * start of a token that was never renewed. `up` reports whether the server responds; if not, its last answer is outdated.
 */
export function tokenStatus(
  active: Active | undefined,
  now: number,
  since: number | null,
  up = true,
): TokenStatus {
  if (!up) return { ...UNKNOWN, text: 'token: Gridwall is not responding', short: 'token ?' }
  if (!active) return { ...UNKNOWN, text: 'token: loading', short: 'token ?' }
  const renewed = instant(active.last_refreshed)
  const ends = instant(active.expires_at)
  const failed = active.last_error !== ''
  if (ends === null) {
    const age = renewed === null ? '' : `${ago((now - renewed) / 1000)} ago`
    if (failed)
      return {
        left: null,
        tone: 'late',
        text: `token not renewed: ${renewalWords(active.last_error)}`,
        short: 'token not renewed',
      }
    if (age === '')
      return {
        ...UNKNOWN,
        text: 'token: expiry unknown, not renewed yet',
        short: 'token: expiry unknown',
      }
    return { ...UNKNOWN, text: `token renewed ${age}`, short: `renewed ${age}` }
  }
  const began = renewed ?? since ?? now
  const lifetime = Math.max(1, ends - began)
  const left = Math.min(1, Math.max(0, (ends - now) / lifetime))
  const late = failed || ends - now < Math.min(lifetime * MARGIN_PART, MARGIN_MOST) * PATIENCE
  const expired = ends <= now
  const time = expired ? `expired ${ago((now - ends) / 1000)} ago` : clock((ends - now) / 1000)
  let why = renewed === null ? '' : ` · renewed ${ago((now - renewed) / 1000)} ago`
  if (failed) {
    const until = new Date(ends).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    why = ` · not renewed: ${renewalWords(active.last_error)}`
    if (!expired) why += ` · old token valid until ${until}`
  }
  return {
    left,
    tone: late ? 'late' : 'fresh',
    text: `token ${time}${expired ? '' : ' left'}${why}`,
    short: `token ${time}`,
  }
}
