import type { DateFault } from './date-track'

/** Why a feed is not kept in sync, as shown on its tile. */
export function whyLeftOut(fault: DateFault | { kind: 'far'; by: number }): string {
  switch (fault.kind) {
    case 'backwards':
      return 'not in sync: its date time runs backwards'
    case 'jumps':
      return `not in sync: its date time jumped by ${amount(fault.by)}`
    case 'far':
      return `not in sync: its date time is off by ${amount(fault.by)}`
  }
}

/** A length of time in its largest fitting unit: 700 ms, 7.0 s, 12 min, 3 h. */
function amount(ms: number): string {
  const size = Math.abs(ms)
  if (size < 1_000) return `${Math.round(size)} ms`
  if (size < 60_000) return `${(size / 1_000).toFixed(1)} s`
  if (size < 90 * 60_000) return `${Math.round(size / 60_000)} min`
  if (size < 48 * 3_600_000) return `${Math.round(size / 3_600_000)} h`
  return `${Math.round(size / 86_400_000)} days`
}
