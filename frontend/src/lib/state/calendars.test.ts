import { describe, expect, it, vi } from 'vitest'
import type { CalendarChange, CalendarInfo, CalendarList, CalendarSetting, Client } from '../api'
import { Calendars, MAX_FILE } from './calendars.svelte'

const info = (c: CalendarSetting): CalendarInfo => ({
  ...c,
  events: 1,
  fetched_at: null,
  stale: false,
  error: null,
})
const list = (calendars: CalendarSetting[]): CalendarList => ({
  calendars: calendars.map(info),
  fixed: false,
  chosen: true,
  overrides: 'overrides.toml',
})

function made(...start: CalendarSetting[]) {
  const putCalendars = vi.fn(async (change: CalendarChange) => list(change.calendars))
  const tryCalendar = vi.fn(async () => ({ events: [], count: 3, series: ['wec'], error: null }))
  const client = { calendars: async () => list(start), putCalendars, tryCalendar } as unknown as Client
  const calendars = new Calendars(client)
  calendars.remote.set(list(start))
  return { calendars, putCalendars, tryCalendar }
}

const F1: CalendarSetting = { kind: 'jolpica' }
const CLUB: CalendarSetting = { kind: 'ics', url: 'https://a.test/x.ics', series: 'club', name: 'Mine' }

describe('Calendars', () => {
  it('are saved as a whole list, in their order', async () => {
    const { calendars, putCalendars } = made(F1, CLUB)
    await calendars.move(1, -1)
    expect(putCalendars).toHaveBeenLastCalledWith({ calendars: [CLUB, F1] })
    await calendars.put({ kind: 'f1calendar', series: 'fe' }, 2)
    expect(calendars.list).toHaveLength(3)
    await calendars.remove(0)
    expect(calendars.list).toEqual([F1, { kind: 'f1calendar', series: 'fe' }])
    await calendars.reset()
    expect(putCalendars).toHaveBeenLastCalledWith({ calendars: [], reset: true })
  })
  it('stay unchanged when a change is refused, and say why', async () => {
    const { calendars, putCalendars } = made(F1)
    putCalendars.mockRejectedValueOnce(new Error('no'))
    expect(await calendars.remove(0)).toBe(false)
    expect([calendars.list, calendars.error]).toEqual([[F1], 'no'])
  })
})

describe('a draft', () => {
  it('is tested before it is saved, and again when its source changes', async () => {
    const { calendars, tryCalendar } = made(F1)
    const draft = calendars.draft(1)
    draft.setKind('ics')
    expect([draft.ready, draft.tried]).toEqual([false, false])
    draft.where = ' webcal://a.test/x.ics '
    await draft.try()
    expect(tryCalendar).toHaveBeenCalledWith({ kind: 'ics', url: 'webcal://a.test/x.ics' })
    expect(draft.trial?.count).toBe(3)
    draft.name = 'Mine'
    draft.color = 'teal'
    expect(draft.tried, 'a name changes no event').toBe(true)
    draft.where = '~/x.ics'
    expect([draft.tried, draft.trial]).toEqual([false, undefined])
    expect(draft.setting).toEqual({ kind: 'ics', path: '~/x.ics', name: 'Mine', color: 'teal' })
    draft.setKind('jolpica')
    expect(draft.setting).toEqual({ kind: 'jolpica', name: 'Mine', color: 'teal' })
  })
  it('of a configured calendar needs no test for another colour', () => {
    const { calendars } = made(F1, CLUB)
    const draft = calendars.draft(1)
    draft.color = 'teal'
    expect([draft.fresh, draft.tried, draft.setting]).toEqual([false, true, { ...CLUB, color: 'teal' }])
  })
  it('accepts a chosen file, and refuses one that is too large', async () => {
    const { calendars, tryCalendar } = made()
    const draft = calendars.draft(0)
    draft.setKind('ics')
    await draft.choose(new File(['BEGIN:VCALENDAR'], 'club.ics'))
    expect(tryCalendar).toHaveBeenCalledWith({ kind: 'ics', text: 'BEGIN:VCALENDAR', name: 'club' })
    expect(draft.tried).toBe(true)
    await draft.choose(new File([new Uint8Array(MAX_FILE + 1)], 'large.ics'))
    expect(draft.error).toContain('Enter its path instead')
    draft.forgetFile()
    expect(draft.ready).toBe(false)
  })
  it('says why it could not be tested', async () => {
    const { calendars, tryCalendar } = made()
    tryCalendar.mockRejectedValueOnce(new Error('schedule.url must be an address'))
    const draft = calendars.draft(0)
    await draft.try()
    expect([draft.error, draft.tried, draft.busy]).toEqual(['schedule.url must be an address', false, false])
  })
})
