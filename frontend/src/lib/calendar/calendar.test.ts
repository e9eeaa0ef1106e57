import { describe, expect, it } from 'vitest'
import { event, session } from '../../test/calendar'
import { problems } from './problems'
import { edges, following, isOver, liveAt, nextAt, sections, statusAt } from './season'
import {
  calendarWords,
  eventFacts,
  feedWords,
  placeLine,
  roundWord,
  seasonWords,
  seriesName,
  sessionWord,
} from './words'

const at = (iso: string) => Date.parse(iso)
const qatar = event(
  'qatar',
  [
    session('fp1', '2026-11-27T13:30:00Z'),
    session('sprint_qualifying', '2026-11-27T17:30:00Z'),
    session('sprint', '2026-11-28T14:00:00Z'),
    session('qualifying', '2026-11-28T18:00:00Z', { name: 'Qualifying' }),
    session('race', '2026-11-29T16:00:00Z'),
  ],
  {
    name: 'Qatar Grand Prix',
    locality: 'Lusail',
    country: 'Qatar',
    circuit: 'Lusail International Circuit',
    round: 22,
  },
)
const live = at('2026-11-28T18:23:41Z')

describe('a session', () => {
  it('becomes live at its start and past at its end, whatever the last answer said', () => {
    const s = session('race', '2026-11-29T16:00:00Z', { status: 'upcoming' })
    const edge = at('2026-11-29T16:00:00Z')
    expect([edge - 1, edge, edge + 3_599_999, edge + 3_600_000].map((t) => statusAt(s, t))).toEqual([
      'upcoming',
      'live',
      'live',
      'past',
    ])
  })
  it('stays cancelled, and without a time has the status of the server', () => {
    expect(
      statusAt(session('race', '2026-11-29T16:00:00Z', { status: 'cancelled' }), at('2026-11-29T16:10:00Z')),
    ).toBe('cancelled')
    expect(statusAt(session('race', null, { status: 'past' }), live)).toBe('past')
  })
  it('shows the relevant time in its cell', () => {
    const word = (s: ReturnType<typeof session>) => sessionWord(s, 'Asia/Qatar', live)
    expect(qatar.sessions.map(word)).toEqual(['over', 'over', 'over', 'live', 'tomorrow 19:00'])
    expect(word(session('race', null))).toBe('time to be announced')
    expect(word(session('race', '2026-12-06T13:00:00Z'))).toBe('Sun 16:00')
    expect(word(session('race', '2026-12-06T13:00:00Z', { status: 'cancelled' }))).toBe('cancelled')
  })
})

describe('the live and next sessions', () => {
  const fuji = event('fuji', [session('race', '2026-11-28T18:10:00Z')], { series: 'wec' })
  const later = event('abu', [session('fp1', null), session('race', '2026-12-06T13:00:00Z')])

  it('include every live session, the one that began last first', () => {
    expect(liveAt([qatar, fuji, later], live).map((s) => s.event.id)).toEqual(['fuji', 'qatar'])
    expect(liveAt([qatar, fuji, later], at('2026-11-28T10:00:00Z'))).toEqual([])
  })
  it('next is the first with a time that is not cancelled', () => {
    const off = event('off', [session('race', '2026-11-28T19:30:00Z', { status: 'cancelled' })])
    const now = at('2026-11-28T19:20:00Z')
    expect(nextAt([later, off, qatar], now)?.session.type).toBe('race')
    expect(nextAt([later, off, qatar], now)?.event.id).toBe('qatar')
    expect(nextAt([off], now)).toBeUndefined()
    expect(nextAt([event('x', [session('race', null)])], now)).toBeUndefined()
  })
  it('are followed by the next session of the same event', () => {
    const [slot] = liveAt([qatar], live)
    expect(slot && following(slot, live)?.type).toBe('race')
    const [last] = liveAt([later], at('2026-12-06T13:30:00Z'))
    expect(last && following(last, at('2026-12-06T13:30:00Z'))).toBeUndefined()
  })
})

describe('an event', () => {
  it('is past when all its sessions are', () => {
    expect(isOver(qatar, live)).toBe(false)
    expect(isOver(qatar, at('2026-11-29T17:00:00Z'))).toBe(true)
  })
  it('waits for a race without a time, but not for a cancelled one', () => {
    const done = session('fp1', '2026-11-01T10:00:00Z')
    expect(isOver(event('a', [done, session('race', null)]), live)).toBe(false)
    expect(isOver(event('a', [done, session('race', null, { status: 'cancelled' })]), live)).toBe(true)
    const ahead = session('race', '2026-12-24T10:00:00Z', { status: 'cancelled' })
    expect(isOver(event('a', [ahead]), live)).toBe(false)
    expect(isOver(event('a', [ahead]), at('2026-12-25T10:00:00Z'))).toBe(true)
  })
  it('is not collapsed if its time is unknown', () => {
    expect(isOver(event('a', [session('race', null, { status: 'cancelled' })]), live)).toBe(false)
  })
  it('shows place, dates and kind', () => {
    const facts = (mode: 'local' | 'track' | 'utc', e = qatar) => eventFacts(e, mode, live, false).join(' · ')
    expect(facts('track')).toBe('Lusail · 27–29 Nov · sprint · UTC+3')
    expect(facts('utc')).toBe('Lusail · 27–29 Nov · sprint')
    expect(eventFacts(qatar, 'utc', live, true)).toContain('F1')
    const made = event('m', [session('race', '2026-12-06T13:00:00Z')], { locality: 'Wallhaven' })
    expect(facts('track', made)).toBe('Wallhaven · 6 Dec · UTC (track’s zone unknown)')
    const off = event('m', [session('race', null, { status: 'cancelled' })], { country: 'Qatar' })
    expect(facts('utc', off)).toBe('Qatar · dates to be announced · cancelled')
    expect(placeLine(qatar)).toBe('Lusail International Circuit, Lusail, Qatar')
    expect(placeLine(event('m', [], { locality: 'Monaco', country: 'Monaco' }))).toBe('Monaco')
    expect([roundWord(qatar), roundWord(event('m', [], { round: 0 }))]).toEqual(['R22', ''])
  })
})

describe('the season', () => {
  const past = event('past', [session('race', '2026-03-08T05:00:00Z')])
  const wec = event('wec', [session('race', '2026-11-10T05:00:00Z')], { series: 'wec' })
  const bahrain = event('bahrain', [session('race', '2026-12-06T11:00:00Z')], { series: 'wec' })
  const next = event('next', [session('race', '2027-03-08T05:00:00Z')], { season: '2027' })
  const names = (by: 'series' | 'date') =>
    sections([past, wec, qatar, bahrain, next], live, by).map((s) => [
      `${s.series} ${s.season}`.trim(),
      s.over.map((e) => e.id),
      s.coming.map((e) => e.id),
    ])

  it('is a list for each series and season, live or next events first', () => {
    expect(names('series')).toEqual([
      ['f1 2026', ['past'], ['qatar']],
      ['wec 2026', ['wec'], ['bahrain']],
      ['f1 2027', [], ['next']],
    ])
  })
  it('can be one list by date', () => {
    expect(names('date')).toEqual([
      ['2026', ['past', 'wec'], ['qatar', 'bahrain']],
      ['2027', [], ['next']],
    ])
  })
  it('comes last when it has ended', () => {
    const gone = event('gone', [session('race', '2026-01-08T05:00:00Z')], { series: 'fe' })
    expect(sections([gone, qatar], live, 'series').map((s) => s.series)).toEqual(['f1', 'fe'])
  })
  it('changes only at these instants', () => {
    expect(edges([past, event('x', [session('race', null)])])).toEqual([
      at('2026-03-08T05:00:00Z'),
      at('2026-03-08T06:00:00Z'),
    ])
  })
})

describe('words', () => {
  it('name series as fans do', () => {
    expect(['f1', 'WEC', 'motogp', 'fe', 'gt4', 'british-touring-cars', 'World RX'].map(seriesName)).toEqual([
      'F1',
      'WEC',
      'MotoGP',
      'Formula E',
      'GT4',
      'British Touring Cars',
      'World RX',
    ])
    expect([[], ['f1'], ['f1', 'wec', 'fe'], ['a', 'b', 'c', 'd', 'e']].map(calendarWords)).toEqual([
      'Calendar',
      'F1 calendar',
      'F1, WEC and Formula E calendars',
      '5 calendars',
    ])
    expect([[], ['', '2026'], ['2027', '2026', '2026']].map(seasonWords)).toEqual([
      'Season',
      'Season 2026',
      'Seasons 2026–2027',
    ])
  })
  it('count playing feeds, and do not call an offline one ready', () => {
    const words = (...live: (boolean | null)[]) => feedWords(live.map((is_live) => ({ is_live })))
    expect(words()).toEqual({ text: 'no feeds found yet', ready: 0 })
    expect(words(true).text).toBe('1 feed ready')
    expect(words(true, true, false)).toEqual({ text: '2 of 3 feeds ready', ready: 2 })
    expect(words(null, false)).toEqual({ text: '2 feeds, not checked yet', ready: 0 })
    expect(words(false, false)).toEqual({ text: '2 feeds, none playing', ready: 0 })
  })
})

describe('a calendar error', () => {
  it('is shown in plain words, by calendar', () => {
    const text =
      'jolpica: https://api.jolpi.ca/ergast/f1/current/races.json?…: dial tcp: lookup api.jolpi.ca: no such host; ' +
      'ics-127-0-0-1-0e20c76e: http://127.0.0.1:1/x.ics: dial tcp 127.0.0.1:1: connect: connection refused; ' +
      'f1calendar-motogp: https://raw.example/404/2026.json: the answer is 503; try later'
    expect(problems(text).map((p) => [p.calendar, p.plain])).toEqual([
      ['Jolpica', 'api.jolpi.ca was not found. Is this machine online?'],
      ['The calendar file', '127.0.0.1:1 refused the connection.'],
      ['f1calendar motogp', 'raw.example reports a server error.'],
    ])
  })
  it('is shown unchanged if there is no wording for it', () => {
    expect(problems('jolpica: Spa, Race: a time that is no time')).toEqual([
      {
        calendar: 'Jolpica',
        plain: 'Spa, Race: a time that is no time',
        detail: 'Spa, Race: a time that is no time',
      },
    ])
    const line = 'c.ics: line 404: Indy 500 - Race: an entry without a start'
    expect(problems(`ics-x: ${line}`).map((p) => p.plain)).toEqual([line])
    expect(problems('something odd')).toEqual([
      { calendar: 'The calendar', plain: 'something odd', detail: 'something odd' },
    ])
    expect(problems('')).toEqual([])
  })
})
