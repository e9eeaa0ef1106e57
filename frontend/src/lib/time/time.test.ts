import { describe, expect, it } from 'vitest'
import { durationWords, parseDuration, parseSize, sizeWords } from './amount'
import { ago, countdown, elapsed } from './countdown'
import { city, clock, date, dayNumber, days, offset, when, whenExactly } from './format'
import { allZones, trackZone } from './zones'

const at = (iso: string) => Date.parse(iso)

describe('a time of day', () => {
  it('is the same instant in five zones', () => {
    const start = at('2026-11-28T18:00:00Z')
    const zones = ['Asia/Qatar', 'America/Los_Angeles', 'Asia/Kolkata', 'Australia/Melbourne', 'UTC']
    expect(zones.map((z) => `${date(start, z, start)} ${clock(start, z)} ${offset(start, z)}`)).toEqual([
      'Sat 28 Nov 21:00 UTC+3',
      'Sat 28 Nov 10:00 UTC−8',
      'Sat 28 Nov 23:30 UTC+5:30',
      'Sun 29 Nov 05:00 UTC+11',
      'Sat 28 Nov 18:00 UTC',
    ])
  })

  it('follows daylight saving time', () => {
    const berlin = (iso: string) => `${clock(at(iso), 'Europe/Berlin')} ${offset(at(iso), 'Europe/Berlin')}`
    expect(berlin('2026-03-29T00:59:00Z')).toBe('01:59 UTC+1')
    expect(berlin('2026-03-29T01:00:00Z')).toBe('03:00 UTC+2')
    expect(berlin('2026-10-25T00:30:00Z')).toBe('02:30 UTC+2')
    expect(berlin('2026-10-25T01:30:00Z')).toBe('02:30 UTC+1')
  })

  it('counts days by the calendar in the zone, not by 24 hours', () => {
    // The day on which the clocks go back has 25 hours.
    const now = at('2026-10-24T22:30:00Z') // Sunday 00:30 in Berlin
    const late = at('2026-10-25T22:50:00Z') // Sunday 23:50, 24 hours and 20 minutes later
    expect(when(late, 'Europe/Berlin', now)).toBe('today 23:50')
    expect(when(late, 'UTC', now)).toBe('tomorrow 22:50')
    // The day on which they go forward has 23.
    const eve = at('2026-03-28T23:10:00Z') // Sunday 00:10
    expect(when(at('2026-03-29T22:05:00Z'), 'Europe/Berlin', eve)).toBe('tomorrow 00:05')
    expect(when(at('2026-03-28T20:00:00Z'), 'Europe/Berlin', eve)).toBe('yesterday 21:00')
  })

  it('has no hour 24', () => {
    expect(clock(at('2026-11-28T00:00:00Z'), 'UTC')).toBe('00:00')
  })

  it('shows the weekday beside an event with its date, and the full date elsewhere', () => {
    const now = at('2026-11-24T12:00:00Z')
    expect(when(at('2026-12-04T13:30:00Z'), 'UTC', now)).toBe('Fri 13:30')
    expect(whenExactly(at('2026-12-04T13:30:00Z'), 'UTC', now)).toBe('Fri 4 Dec 13:30')
    expect(whenExactly(at('2026-11-25T13:30:00Z'), 'UTC', now)).toBe('tomorrow 13:30')
    expect(whenExactly(at('2027-09-05T13:30:00Z'), 'UTC', now)).toBe('Sun 5 Sep 2027 13:30')
  })

  it('falls back for a zone that the webview does not know', () => {
    expect(clock(at('2026-11-28T18:00:00Z'), 'Mars/Olympus_Mons')).toBe('18:00')
  })
})

describe('the days of an event', () => {
  const now = at('2026-11-24T12:00:00Z')
  const span = (from: string, to: string, zone = 'UTC') => days(at(from), at(to), zone, now)
  it('are as short as possible', () => {
    expect(span('2026-11-27T13:30:00Z', '2026-11-29T16:00:00Z')).toBe('27–29 Nov')
    expect(span('2026-12-06T10:00:00Z', '2026-12-06T14:00:00Z')).toBe('6 Dec')
    expect(span('2026-09-30T10:00:00Z', '2026-10-02T14:00:00Z')).toBe('30 Sep – 2 Oct')
    expect(span('2026-12-31T10:00:00Z', '2027-01-02T14:00:00Z')).toBe('31 Dec 2026 – 2 Jan 2027')
    expect(span('2027-03-05T10:00:00Z', '2027-03-07T14:00:00Z')).toBe('5–7 Mar 2027')
  })
  it('follow the zone that is shown', () => {
    expect(span('2026-11-20T00:30:00Z', '2026-11-22T04:00:00Z')).toBe('20–22 Nov')
    expect(span('2026-11-20T00:30:00Z', '2026-11-22T04:00:00Z', 'America/Los_Angeles')).toBe('19–21 Nov')
  })
  it('are counted without a gap, across the turn of the year, too', () => {
    expect(dayNumber(at('2027-01-01T00:00:00Z'), 'UTC') - dayNumber(at('2026-12-31T23:59:00Z'), 'UTC')).toBe(
      1,
    )
  })
})

describe('the zone of a track', () => {
  const zone = (locality: string, country = '', circuit = '', name = '') =>
    trackZone({ locality, country, circuit, name })

  it('is found by whichever place names a calendar has', () => {
    const found = [
      zone('Austin', 'USA'),
      zone('Las Vegas', 'United States'),
      zone('Montréal', 'Canada'),
      zone('São Paulo', 'Brazil'),
      zone('Mandalika', 'Indonesia'),
      zone('', '', 'Phillip Island Grand Prix Circuit'),
      zone('TX', 'USA', 'Circuit of the Americas, Austin'),
      zone('', '', '', '24 Hours of Le Mans'),
      zone('', '', '', 'Qatar Grand Prix'),
      zone('Somewhere', 'Japan'),
      zone('Mexico City', 'Mexico'),
      zone('Nowhere', 'Mexico'),
    ]
    expect(found.map((f) => f.zone)).toEqual([
      'America/Chicago',
      'America/Los_Angeles',
      'America/Toronto',
      'America/Sao_Paulo',
      'Asia/Makassar',
      'Australia/Melbourne',
      'America/Chicago',
      'Europe/Paris',
      'Asia/Qatar',
      'Asia/Tokyo',
      'America/Mexico_City',
      'America/Mexico_City',
    ])
    expect(found.every((f) => f.known)).toBe(true)
  })

  it('is not guessed for a country with several zones, an unknown place, or part of a word', () => {
    for (const f of [
      zone('Somewhere', 'USA'),
      zone('Wallhaven', 'Gridland', 'Gridwall Ring', 'Gridwall Grand Prix'),
      zone('Northmoor', 'Moorland', 'Northmoor Heath', 'Grand Prix of Northmoor'),
      zone('Verana', 'Solmar', 'Circuito del Faro', 'Costa Verana Grand Prix'),
      zone('Sundholm', 'Aldria', 'Three Lakes Park', 'Grand Prix of the Lakes'),
      zone('Pinewood', 'Westmark', 'Pinewood Speedway', 'Pinewood Night Race'),
      zone('Port Amber', 'Insulia', 'Old Docks Street Circuit', 'Harbour City Grand Prix'),
      zone('Spartanburg'),
    ])
      expect(f).toEqual({ zone: 'UTC', known: false })
  })

  it('exists in the time zone database', () => {
    const known = allZones().map((z) => new Intl.DateTimeFormat('en', { timeZone: z }).resolvedOptions())
    expect(known.length).toBeGreaterThan(50)
  })

  it('is named by its city', () => {
    expect(city('America/New_York')).toBe('New York')
    expect(city('UTC')).toBe('UTC')
  })
})

describe('a countdown', () => {
  const d = 86_400_000
  it('reaches zero at the instant, not a second before', () => {
    expect([countdown(1), countdown(0), countdown(-5_000)]).toEqual(['00:00:01', '00:00:00', '00:00:00'])
    expect(countdown(2 * d + 3 * 3_600_000 + 12 * 60_000 + 44_001)).toBe('2 d 03:12:45')
    expect(countdown(d - 1)).toBe('1 d 00:00:00')
    expect(countdown(d - 1_000)).toBe('23:59:59')
  })
  it('counts elapsed time in whole seconds', () => {
    expect([elapsed(-1), elapsed(999), elapsed(1_421_000), elapsed(25 * 3_600_000)]).toEqual([
      '00:00:00',
      '00:00:00',
      '00:23:41',
      '1 d 01:00:00',
    ])
  })
  it('shows the age of something', () => {
    const minutes = (n: number) => ago(n * 60_000)
    expect([
      minutes(-3),
      minutes(0.5),
      minutes(12),
      minutes(125),
      minutes(47 * 60),
      minutes(75 * 60),
    ]).toEqual(['just now', 'just now', '12 min ago', '2 h ago', '47 h ago', '3 d ago'])
  })
})

describe('durations and sizes of config.toml', () => {
  it('are read as the server reads them', () => {
    expect(['4m', '1h30m', '90s', '1.5h', '0', '0s', '250ms', ' 5m '].map(parseDuration)).toEqual([
      240_000, 5_400_000, 90_000, 5_400_000, 0, 0, 250, 300_000,
    ])
    for (const bad of ['', '4', 'm', '4 m', '4m x', '-4m', '4d', '.m'])
      expect(parseDuration(bad)).toBeUndefined()
    expect(['256MiB', '1 GB', '1GiB', '1.0 GiB', '1048576', '512kb'].map(parseSize)).toEqual([
      268_435_456, 1_000_000_000, 1_073_741_824, 1_073_741_824, 1_048_576, 512_000,
    ])
    for (const bad of ['', 'MiB', '-1MiB', '1 parsec', '1MiB 2']) expect(parseSize(bad)).toBeUndefined()
  })
  it('are shown in words, and unchanged if they cannot be read', () => {
    expect(['4m', '1m', '1h30m', '90s', '0s', '250ms', 'soon'].map(durationWords)).toEqual([
      '4 minutes',
      '1 minute',
      '1 hour 30 minutes',
      '1 minute 30 seconds',
      '0 seconds',
      '250ms',
      'soon',
    ])
    expect(['256MiB', '1.5GiB', '1 GB', 'much'].map(sizeWords)).toEqual([
      '256 MiB',
      '1.5 GiB',
      '1 GB',
      'much',
    ])
  })
})
