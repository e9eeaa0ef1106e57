import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { SessionType } from '../api'
import { clock, date } from '../time/format'
import { seriesTones, tone, TONES } from './colour'
import { event, session } from '../../test/calendar'
import { calendarPlace, calendarTitle, settingOf } from './kinds'
import { feedAddress } from './paths'
import { problems } from './problems'
import { edges, isOver, isOverTime, isSprint, liveAt, nextAt, sections, spanOf, statusAt } from './season'
import { eventFacts, sessionNotes, sessionWord } from './words'

interface Season {
  zones: string[]
  events: {
    round: number
    name: string
    circuit: string
    locality: string
    country: string
    zone: string
    sessions: { type: SessionType; name: string; start: string; track: string; here: string[] }[]
  }[]
}

/** An invented season that the Go tests use, too. Its expected times were computed by neither implementation. */
const season = JSON.parse(readFileSync('../backend/schedule/testdata/season.json', 'utf8')) as Season
const events = season.events.map(({ round, name, circuit, locality, country, sessions }) =>
  event(
    `f1-2026-${round}`,
    sessions.map((s) => session(s.type, s.start, { name: s.name })),
    { round, name, circuit, locality, country },
  ),
)
const at = (iso: string) => Date.parse(iso)

describe('a session whose date is in doubt', () => {
  const doubtful = session('race', '2026-05-03T13:00:00Z', { name: 'Race', in_doubt: true })
  const qualifying = session('qualifying', '2026-06-06T14:00:00Z', { name: 'Qualifying' })
  const monaco = event('f1-2026-monaco-grand-prix', [doubtful, qualifying])
  it('says so, and is neither live nor next', () => {
    const start = at('2026-05-03T13:00:00Z')
    expect(sessionNotes(doubtful, 'UTC', start)).toEqual(['date in doubt'])
    expect(statusAt(doubtful, start)).toBe('upcoming')
    expect(statusAt(doubtful, start + 864e5)).toBe('past')
    expect(liveAt([monaco], start)).toEqual([])
    expect(nextAt([monaco], start - 1000)?.session).toBe(qualifying)
  })
  it('does not extend its event', () => {
    const june = at('2026-06-06T14:00:00Z')
    expect(spanOf(monaco)).toEqual({ from: june, to: june })
    expect(spanOf(event('x', [doubtful]))?.from).toBe(at('2026-05-03T13:00:00Z'))
  })
})

describe('a whole season with sprints', () => {
  it('is at the right time in five zones, across daylight saving changes', () => {
    expect(season.zones).toHaveLength(5)
    for (const [k, zone] of season.zones.entries())
      for (const e of season.events)
        for (const s of e.sessions) {
          const t = at(s.start)
          expect(`${date(t, zone, t)} ${clock(t, zone)}`, `${e.name}, ${s.name} in ${zone}`).toBe(s.here[k])
        }
  })
  it('can be shown in the track’s time', () => {
    for (const e of season.events)
      for (const s of e.sessions) expect(clock(at(s.start), e.zone), e.name).toBe(s.track.slice(11, 16))
  })
  it('always has one session live at its start, followed by the next one', () => {
    const all = events.flatMap((e) => e.sessions.map((s) => ({ e, s })))
    expect(events.filter(isSprint)).toHaveLength(6)
    for (const [i, { e, s }] of all.entries()) {
      const start = at(s.start ?? '')
      expect(liveAt(events, start).map((x) => x.event.id + x.session.name)).toEqual([e.id + s.name])
      expect(nextAt(events, start)?.session.start).toBe(all[i + 1]?.s.start)
    }
    expect(edges(events)).toHaveLength(2 * all.length)
    const [one] = sections(events, at('2026-07-01T00:00:00Z'), 'series')
    expect([one?.over.length, one?.coming.length]).toEqual([10, 14])
  })
})

describe('a session that is not as planned', () => {
  const race = session('race', '2026-11-29T16:00:00Z', { status: 'live', over_time: true })
  const end = at('2026-11-29T17:00:00Z')
  it('stays live while its feeds play', () => {
    expect([end - 1, end, end + 3_600_000].map((t) => [statusAt(race, t), isOverTime(race, t)])).toEqual([
      ['live', false],
      ['live', true],
      ['live', true],
    ])
    expect(sessionNotes(race, 'UTC', end)).toEqual(['overrunning'])
    expect(isOver(event('a', [race]), end)).toBe(false)
    expect(statusAt({ ...race, status: 'past', over_time: false }, end)).toBe('past')
  })
  it('shows its former start as briefly as possible', () => {
    const now = at('2026-11-24T12:00:00Z')
    const moved = (from: string) =>
      sessionNotes(session('race', '2026-11-29T16:00:00Z', { moved_from: from }), 'Europe/London', now)
    expect(moved('2026-11-29T14:00:00Z')).toEqual(['moved from 14:00'])
    expect(moved('2026-11-28T14:00:00Z')).toEqual(['moved from Sat 14:00'])
    expect(moved('2026-10-04T13:00:00Z')).toEqual(['moved from Sun 4 Oct 14:00'])
  })
  it('without a time has its day in every zone', () => {
    const open = session('race', null, { date: '2026-12-06', overridden: true })
    const now = at('2026-11-24T12:00:00Z')
    for (const zone of ['Pacific/Auckland', 'UTC', 'Pacific/Honolulu']) {
      expect(sessionWord(open, zone, now)).toBe('Sun 6 Dec')
      expect(sessionNotes(open, zone, now)).toEqual(['time to be announced', 'overridden'])
    }
    const e = event('a', [open], { country: 'Qatar', overridden: true })
    expect(eventFacts(e, 'local', now, false)).toEqual(['Qatar', '6 Dec', 'overridden'])
    expect(spanOf(e)?.from).toBe(at('2026-12-06T12:00:00Z'))
  })
})

describe('calendars', () => {
  it('have the chosen colour, or that of the series', () => {
    expect([tone('teal', 'f1'), tone('#123456', 'f1'), tone('', 'f1'), tone(undefined, 'motogp')]).toEqual([
      TONES['teal'],
      '#123456',
      TONES['red'],
      TONES['purple'],
    ])
    expect(Object.values(TONES)).toContain(tone('', 'some cup'))
    const tones = seriesTones([
      event('a', []),
      event('b', [], { color: 'teal' }),
      event('c', [], { series: 'wec' }),
    ])
    expect([...tones]).toEqual([
      ['f1', TONES['teal']],
      ['wec', TONES['green']],
    ])
  })
  it('are named without the secret of their address', () => {
    const of = (s: Parameters<typeof calendarTitle>[0]) => [calendarTitle(s), calendarPlace(s)]
    expect(of({ kind: 'jolpica' })).toEqual(['F1', 'Jolpica'])
    expect(of({ kind: 'f1calendar', series: 'fe' })).toEqual(['Formula E', 'f1calendar'])
    expect(of({ kind: 'ics', url: 'https://me:pw@a.test/private-x/f.ics?key=s3cret' })).toEqual([
      'Calendar',
      'a.test',
    ])
    expect(of({ kind: 'ics', path: '~/x.ics', name: 'Mine' })).toEqual(['Mine', '~/x.ics'])
    const info = { events: 1, fetched_at: null, stale: false, error: null }
    expect(settingOf({ kind: 'ics', copy: 'abc', name: '', ...info })).toEqual({ kind: 'ics', copy: 'abc' })
  })
  it('are exported for the series that are shown', () => {
    expect(feedAddress('http://a.test', [])).toBe('http://a.test/api/v1/schedule.ics')
    expect(feedAddress('', ['f1', 'my cup'])).toBe('/api/v1/schedule.ics?series=f1,my%20cup')
  })
  it('report a mistake in overrides.toml by its line', () => {
    expect(
      problems('jolpica: off; overrides.toml:3: status is "off"').map((p) => [p.calendar, p.plain]),
    ).toEqual([
      ['Jolpica', 'off'],
      ['overrides.toml', 'overrides.toml:3: status is "off"'],
    ])
  })
})
