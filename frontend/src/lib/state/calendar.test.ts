import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client, RaceEvent, Schedule, Settings } from '../api'
import { event, session } from '../../test/calendar'
import { Calendar, passed } from './calendar.svelte'
import { Clock } from './clock.svelte'
import { Notices } from './notices.svelte'
import { Preferences } from './preferences.svelte'
import { Remote } from './remote.svelte'

const answer = (events: RaceEvent[]): Schedule => ({ events, fetched_at: null, stale: false, error: null })
const settings = (clock: string): Settings => ({ settings: { 'ui.clock': clock }, fixed: [], restart: [] })
const now = '2026-11-28T18:23:41Z'
const F1 = event('qatar', [
  session('qualifying', '2026-11-28T18:00:00Z'),
  session('race', '2026-11-29T16:00:00Z'),
])
const OLD = event('past', [session('race', '2026-03-08T05:00:00Z')])
const WEC = event('bahrain', [session('race', '2026-12-06T11:00:00Z')], { series: 'wec' })

function calendar(events: RaceEvent[] | undefined) {
  vi.useFakeTimers({ now: new Date(now) })
  const clock = new Clock()
  clock.start()
  const putSettings = vi.fn(async (change: { settings: Record<string, string | null> }) =>
    settings(change.settings['ui.clock'] ?? ''),
  )
  const preferences = new Preferences({ putSettings } as unknown as Client, new Notices())
  const schedule = new Remote<Schedule>(async () => answer([]))
  if (events) schedule.set(answer(events))
  return {
    clock,
    schedule,
    preferences,
    putSettings,
    make: () => new Calendar({ clock, schedule, preferences }),
  }
}

describe('Calendar', () => {
  beforeEach(() => {
    localStorage.clear()
    sessionStorage.clear()
    return () => vi.useRealTimers()
  })

  it('switches to the next session when the live one ends, without a new answer', () => {
    const c = calendar([OLD, F1, WEC]).make()
    expect([c.live.map((s) => s.session.type), c.current(F1), c.current(WEC)]).toEqual([
      ['qualifying'],
      true,
      false,
    ])
    vi.advanceTimersByTime(37 * 60_000)
    expect([c.live.length, c.next?.session.type]).toEqual([0, 'race'])
    vi.advanceTimersByTime(24 * 3_600_000)
    expect([c.live.length, c.next?.event.id, c.current(WEC)]).toEqual([0, 'bahrain', true])
  })

  it('collapses past events, and remembers for this browser session that they were expanded', () => {
    const from = calendar([OLD, F1])
    const c = from.make()
    const [section] = c.sections
    if (!section) throw new Error('no section')
    expect([section.over.map((e) => e.id), c.expanded(section)]).toEqual([['past'], false])
    c.toggleExpanded(section)
    expect([c.expanded(section), from.make().expanded(section)]).toEqual([true, true])
    c.toggleExpanded(section)
    expect(from.make().expanded(section)).toBe(false)
  })

  it('hides a series permanently, live sessions included, and shows all again', () => {
    const from = calendar([F1, WEC])
    from.make().toggleSeries('f1')
    const c = from.make()
    expect([c.live.length, c.next?.event.id, c.sections.map((s) => s.series)]).toEqual([
      0,
      'bahrain',
      ['wec'],
    ])
    expect([c.shows('f1'), c.shows('wec'), c.series]).toEqual([false, true, ['f1', 'wec']])
    c.toggleSeries('wec')
    expect([c.allHidden, c.empty]).toEqual([true, false])
    c.showAll()
    expect(from.make().sections).toHaveLength(2)
  })

  it('never hides the only series, which would have no chip to show it again', () => {
    const both = calendar([F1, WEC])
    both.make().toggleSeries('f1')
    const alone = calendar([F1]).make()
    expect([alone.live.length, alone.allHidden]).toEqual([1, false])
  })

  it('remembers the order, and ignores stored values that are not lists', () => {
    const from = calendar([F1, WEC])
    from.make().group('date')
    localStorage.setItem('gridwall.calendar.hidden', '{"no":')
    sessionStorage.setItem('gridwall.calendar.unfolded', '7')
    const c = from.make()
    expect([c.grouping, c.sections.length, c.shows('f1')]).toEqual(['date', 1, true])
  })

  it('shows local time until another is chosen, and saves the choice as a setting', async () => {
    const from = calendar([F1])
    const c = from.make()
    expect(c.mode).toBe('local')
    await c.setMode('track')
    expect([c.mode, from.putSettings.mock.calls]).toEqual([
      'track',
      [[{ settings: { 'ui.clock': 'track' } }]],
    ])
  })

  it('distinguishes an empty calendar from one that has not been loaded yet', () => {
    expect(calendar(undefined).make().empty).toBe(false)
    expect(calendar([]).make().empty).toBe(true)
  })

  it('counts past edges', () => {
    expect([0, 1, 5, 9, 10].map((t) => passed([1, 5, 5, 9], t))).toEqual([0, 1, 3, 4, 4])
    expect(passed([], 1)).toBe(0)
  })
})
