const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (n: number): string => String(n).padStart(2, '0')

const hms = (ms: number): string =>
  `${two(Math.floor(ms / HOUR))}:${two(Math.floor((ms % HOUR) / MINUTE))}:${two(Math.floor((ms % MINUTE) / SECOND))}`

const days = (ms: number): string => (ms >= DAY ? `${Math.floor(ms / DAY)} d ${hms(ms % DAY)}` : hms(ms))

/** The time left: 2 d 03:12:45, 00:23:41. It rounds up, so that 00:00:00 is shown only from the instant itself. */
export const countdown = (ms: number): string => days(Math.ceil(Math.max(0, ms) / SECOND) * SECOND)

/** The elapsed time in whole seconds: 00:23:41. */
export const elapsed = (ms: number): string => days(Math.max(0, ms))

/** The age as text: just now, 12 min ago, 2 h ago, 3 d ago. */
export function ago(ms: number): string {
  if (ms < MINUTE) return 'just now'
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h ago`
  return `${Math.floor(ms / DAY)} d ago`
}
