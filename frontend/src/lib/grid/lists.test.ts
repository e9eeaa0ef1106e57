import { describe, expect, it } from 'vitest'
import type { RaceEvent, Schedule, Session, Stream } from '../api'
import { beginning, FeedIndex, MOST_ROWS, titleOf } from './feeds'
import { clockOf, sessionShown, span, whenOf } from './session'

const feed = (title: string, rest: Partial<Stream> = {}): Stream => ({
  id: title,
  url: '',
  site_key: 'club',
  site_name: 'Club TV',
  quality: '720p',
  title,
  extracted_at: '',
  is_live: true,
  response_time_ms: 5,
  checked_at: null,
  bitrate: null,
  ...rest,
})

describe('the list of feeds', () => {
  const index = new FeedIndex([
    feed('Onboard 10'),
    feed('Onboard 4'),
    feed('Offline', { is_live: false }),
    feed('Not checked', { is_live: null }),
    feed('World feed', { quality: '1080p' }),
    feed('Motorsport 1', { site_key: 'iptv', site_name: 'Paddock IPTV' }),
    feed('Elsewhere', { site_key: 'offline', site_name: 'An offline site', is_live: false }),
  ])
  const titles = (query: string) =>
    index.find(query).groups.map((g) => `${g.name}: ${g.feeds.map((f) => f.title).join(', ')}`)

  it('is grouped, live feeds first, numbers in numeric order', () => {
    expect(titles('')).toEqual([
      'Club TV: Not checked, Onboard 4, Onboard 10, World feed, Offline',
      'Paddock IPTV: Motorsport 1',
      'An offline site: Elsewhere',
    ])
    const club = index.find('').groups[0]
    expect([club?.live, club?.total]).toEqual([3, 5])
  })

  it('is filtered by each word, in title, quality or source', () => {
    expect(titles('onb 10')).toEqual(['Club TV: Onboard 10'])
    expect(titles('1080 CLUB')).toEqual(['Club TV: World feed'])
    expect(titles('paddock')).toEqual(['Paddock IPTV: Motorsport 1'])
    expect(index.find('nothing')).toEqual({ groups: [], count: 0, more: 0 })
    // The heading still shows the total.
    expect(index.find('onb 10').groups[0]).toMatchObject({ live: 3, total: 5 })
  })

  it('draws a few rows of ten thousand, and says how many more there are', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => feed(`Channel ${i}`, { id: String(i) }))
    const large = new FeedIndex([...many, feed('Lone', { site_key: 'z', site_name: 'Zed' })])
    const all = large.find('')
    const drawn = all.groups.reduce((n, g) => n + g.feeds.length, 0)
    expect(drawn).toBeLessThanOrEqual(MOST_ROWS)
    expect(all.groups.map((g) => g.name)).toEqual(['Club TV', 'Zed'])
    expect(drawn + all.groups.reduce((n, g) => n + g.more, 0) + all.more).toBe(10_001)
    expect(large.find('channel 9999').groups[0]?.feeds[0]?.title).toBe('Channel 9999')
  })

  it('shows the first rows of the full order, and says at its end how many more there are', () => {
    const whole = list.find('channel')
    const first = beginning(whole, 24)
    const rows = (of: typeof whole) => of.groups.flatMap((g) => [g.name, ...g.feeds.map((f) => f.title)])
    expect(rows(first)).toHaveLength(24)
    expect(rows(whole).slice(0, 24)).toEqual(rows(first))
    expect(first.count).toBe(600)
    expect(first.groups.at(-1)?.more).toBe(0)
    expect(beginning(whole, 1000)).toEqual(whole)
  })

  it('draws a few rows of a thousand sources, too', () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      feed(`C ${i}`, { id: String(i), site_key: `s${i % 1000}` }),
    )
    const found = new FeedIndex(many).find('')
    expect(found.groups.reduce((n, g) => n + g.feeds.length, 0)).toBeLessThanOrEqual(MOST_ROWS)
    expect(found.groups.reduce((n, g) => n + g.feeds.length + g.more, 0) + found.more).toBe(3_000)
  })

  const list = new FeedIndex([
    ...Array.from({ length: 600 }, (_, i) =>
      feed(`Channel ${i}`, {
        id: String(i),
        site_key: 'big',
        site_name: 'Big',
        group: `Group ${i % 3}`,
        is_live: null,
      }),
    ),
    feed('Fórmula Três', { id: 'a', site_key: 'big', site_name: 'Big', group: 'Motorsport', is_live: null }),
    feed('World feed'),
  ])

  it('shows a large source by its groups, collapsed until one is expanded or there is a query', () => {
    const all = list.find('')
    expect(all.groups.map((g) => [g.name, g.of, g.count, g.open, g.feeds.length])).toEqual([
      ['Club TV', '', 1, true, 1],
      ['Group 0', 'Big', 200, false, 0],
      ['Group 1', 'Big', 200, false, 0],
      ['Group 2', 'Big', 200, false, 0],
      ['Motorsport', 'Big', 1, false, 0],
    ])
    expect(all.count).toBe(602)
    const second = all.groups[2]?.key
    const opened = list.find('', MOST_ROWS, (key) => key === second).groups[2]
    expect(opened?.feeds.slice(0, 2).map((f) => f.title)).toEqual(['Channel 1', 'Channel 4'])
    expect((opened?.feeds.length ?? 0) + (opened?.more ?? 0)).toBe(200)
    expect(list.find('', 1000, (key) => key === second).groups[2]).toMatchObject({ count: 200, more: 0 })
    expect(list.find('channel 59').groups.map((g) => [g.name, g.open, g.feeds.map((f) => f.title)])).toEqual([
      ['Group 0', true, ['Channel 159', 'Channel 459', 'Channel 591', 'Channel 594', 'Channel 597']],
      ['Group 1', true, ['Channel 259', 'Channel 559', 'Channel 592', 'Channel 595', 'Channel 598']],
      [
        'Group 2',
        true,
        ['Channel 59', 'Channel 359', 'Channel 590', 'Channel 593', 'Channel 596', 'Channel 599'],
      ],
    ])
  })

  it('finds feeds by group and without accents, whatever was typed before', () => {
    const names = (query: string) => list.find(query).groups.flatMap((g) => g.feeds.map((f) => f.title))
    expect(names('motorsport')).toEqual(['Fórmula Três'])
    for (const query of ['f', 'fo', 'for', 'FORMULA', 'formula tres', 'fórmula'])
      expect(names(query)).toContain('Fórmula Três')
    expect(names('formulax')).toEqual([])
    expect(names('formula')).toEqual(['Fórmula Três'])
    expect(names('world')).toEqual(['World feed'])
    // A longer query is searched in full, not only in the results of a shorter one.
    list.find('channel 5')
    expect(list.find('channel 59').count).toBe(16)
    list.find('feed w')
    expect(names('feed world')).toEqual(['World feed'])
  })

  it('names a feed without a title', () => {
    expect(titleOf(feed('', { site_name: 'Club TV' }))).toBe('Feed of Club TV')
  })
})

describe('the session of the wall', () => {
  const at = (time: string) => Date.parse(`2026-11-24T${time}Z`)
  const session = (
    name: string,
    start: string | null,
    end: string | null,
    status: Session['status'],
  ): Session => ({
    type: 'race',
    name,
    start: start && `2026-11-24T${start}Z`,
    end: end && `2026-11-24T${end}Z`,
    status,
  })
  const event = (id: string, sessions: Session[]): RaceEvent => ({
    id,
    series: 'f1',
    season: '2026',
    round: 22,
    name: 'Grand Prix',
    circuit: '',
    locality: 'Lusail',
    country: '',
    sessions,
  })
  const schedule: Schedule = {
    events: [
      event('e1', [
        session('Sprint', '09:00:00', '10:00:00', 'past'),
        session('Qualifying', '12:00:00', '13:00:00', 'upcoming'),
        session('Race', '15:00:00', '17:00:00', 'upcoming'),
      ]),
      event('e2', [session('Test', '12:30:00', null, 'upcoming'), session('Demo', null, null, 'cancelled')]),
    ],
    fetched_at: null,
    stale: false,
    error: null,
  }
  const named = (time: string, wall: { event: string; session: string } | null = null) =>
    sessionShown(schedule, wall, at(time))?.session.name

  it('is the one it was opened for until its end, else the live one, else the next', () => {
    expect(named('11:00:00')).toBe('Qualifying')
    expect(named('12:10:00')).toBe('Qualifying')
    expect(named('12:40:00')).toBe('Test') // the one that began last
    expect(named('12:40:00', { event: 'e1', session: 'Qualifying' })).toBe('Qualifying')
    expect(named('11:00:00', { event: 'e1', session: 'Sprint' })).toBe('Qualifying')
    expect(named('11:00:00', { event: 'gone', session: 'Sprint' })).toBe('Qualifying')
    expect(sessionShown(undefined, null, 0)).toBeUndefined()
  })

  it('becomes live and past by the clock, whatever the fetched calendar says', () => {
    const s = session('Race', '15:00:00', '17:00:00', 'upcoming')
    expect(['14:59:59', '15:00:00', '16:59:59', '17:00:00'].map((t) => whenOf(s, at(t)))).toEqual([
      'upcoming',
      'live',
      'live',
      'past',
    ])
    expect(whenOf(session('Race', '15:00:00', null, 'cancelled'), at('16:00:00'))).toBe('cancelled')
    expect(whenOf(session('Race', null, null, 'upcoming'), 0)).toBe('upcoming')
  })

  it('has a clock', () => {
    const shown = (time: string) => sessionShown(schedule, { event: 'e1', session: 'Race' }, at(time))
    const clock = (time: string) => {
      const s = shown(time)
      return s && clockOf(s, at(time))
    }
    expect(clock('15:23:41')).toEqual({ word: 'elapsed', time: '00:23:41' })
    expect(clock('14:00:00')).toEqual({ word: 'starts in', time: '01:00:00' })
    expect([span(-5), span(59_999), span(2 * 86_400_000 + 3_600_000)]).toEqual([
      '00:00:00',
      '00:00:59',
      '2 d 01:00:00',
    ])
  })
})
