import type { Active } from '../api'
import { ago, clock } from './facts'
import { renewalWords } from './words'

/** The fuse: the remaining lifetime of a token, as a shrinking line and as text. */
export interface Fuse {
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
 * Returns the fuse of a stream at `now`. `since` is when this token was first seen, for a token that was never renewed:
 * when it was issued is unknown. `up` reports whether the server answers; if not, its last answer is out of date.
 */
export function fuseOf(active: Active | undefined, now: number, since: number | null, up = true): Fuse {
  if (!up) return { ...UNKNOWN, text: 'token: Gridwall does not answer', short: 'token ?' }
  if (!active) return { ...UNKNOWN, text: 'token: asking for it', short: 'token ?' }
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
        text: 'token: no end known, not renewed yet',
        short: 'token: no end known',
      }
    return { ...UNKNOWN, text: `token renewed ${age}`, short: `renewed ${age}` }
  }
  const began = renewed ?? since ?? now
  const life = Math.max(1, ends - began)
  const left = Math.min(1, Math.max(0, (ends - now) / life))
  const late = failed || ends - now < Math.min(life * MARGIN_PART, MARGIN_MOST) * PATIENCE
  const over = ends <= now
  const time = over ? `ended ${ago((now - ends) / 1000)} ago` : clock((ends - now) / 1000)
  let why = renewed === null ? '' : ` · renewed ${ago((now - renewed) / 1000)} ago`
  if (failed) {
    const until = new Date(ends).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    why = ` · not renewed: ${renewalWords(active.last_error)}`
    if (!over) why += ` · plays with the old token until ${until}`
  }
  return {
    left,
    tone: late ? 'late' : 'fresh',
    text: `token ${time}${over ? '' : ' left'}${why}`,
    short: `token ${time}`,
  }
}
