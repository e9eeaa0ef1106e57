// Formats instants in a given time zone. The UI is English and the clock has 24 hours.

/** Cached, because making a formatter costs more than all its uses. */
const made = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  const known = made.get(key)
  if (known) return known
  let fresh: Intl.DateTimeFormat
  try {
    fresh = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  } catch {
    // The webview's time zone data is older than our table.
    fresh = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  }
  made.set(key, fresh)
  return fresh
}

const parts = (at: number, zone: string): Record<string, string> =>
  Object.fromEntries(
    formatter(zone, {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
    })
      .formatToParts(at)
      .map((p) => [p.type, p.value]),
  )

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** en-GB writes "Sept"; the page uses three letters. */
const month = (p: Record<string, string>): string => (p['month'] ?? '').slice(0, 3)

/** The calendar day in the zone, in days since 1970. */
export function dayNumber(at: number, zone: string): number {
  const p = parts(at, zone)
  return Date.UTC(Number(p['year']), MONTHS.indexOf(month(p)), Number(p['day'])) / 86_400_000
}

/** 21:00 */
export const clock = (at: number, zone: string): string =>
  formatter(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)

/** Sat 29 Nov, with the year if it is not the current one. */
export function date(at: number, zone: string, now: number): string {
  const p = parts(at, zone)
  const year = p['year'] === parts(now, zone)['year'] ? '' : ` ${p['year']}`
  return `${p['weekday']} ${p['day']} ${month(p)}${year}`
}

/** today 21:00, tomorrow 19:00, yesterday 19:00, else the weekday: Fri 13:30. The date is shown with the event. */
export function when(at: number, zone: string, now: number): string {
  const names: Record<number, string> = { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' }
  const day = names[dayNumber(at, zone) - dayNumber(now, zone)] ?? parts(at, zone)['weekday']
  return `${day} ${clock(at, zone)}`
}

/** today 21:00 or tomorrow 19:00, else with the date: Fri 4 Dec 13:30. */
export function whenExactly(at: number, zone: string, now: number): string {
  const days = dayNumber(at, zone) - dayNumber(now, zone)
  return days === 0 || days === 1 ? when(at, zone, now) : `${date(at, zone, now)} ${clock(at, zone)}`
}

/** 27–29 Nov, 30 Nov – 2 Dec, 6 Dec; with the year if it is not the current one. */
export function days(from: number, to: number, zone: string, now: number): string {
  const [a, b, n] = [parts(from, zone), parts(to, zone), parts(now, zone)]
  const year = (p: Record<string, string>) => (p['year'] === n['year'] ? '' : ` ${p['year']}`)
  const end = `${b['day']} ${month(b)}${year(b)}`
  if (a['year'] !== b['year'])
    return `${a['day']} ${month(a)} ${a['year']} – ${b['day']} ${month(b)} ${b['year']}`
  if (month(a) !== month(b)) return `${a['day']} ${month(a)} – ${end}`
  return a['day'] === b['day'] ? end : `${a['day']}–${end}`
}

/** The zone's offset from UTC at an instant: UTC+3, UTC+5:30, UTC. */
export const offset = (at: number, zone: string): string =>
  (
    formatter(zone, { timeZoneName: 'shortOffset' })
      .formatToParts(at)
      .find((p) => p.type === 'timeZoneName')?.value ?? 'UTC'
  )
    .replace('GMT', 'UTC')
    .replace(/\+0$/, '')
    .replace('-', '−')

/** Paris for Europe/Paris. */
export const city = (zone: string): string => (zone.split('/').pop() ?? zone).replaceAll('_', ' ')
