import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type About, type Active, type Client, type Settings } from '$lib/api'
import { Notices } from '$lib/state/notices.svelte'
import { Preferences } from '$lib/state/preferences.svelte'
import { choices, groups, same, standardWords, type Amount, type Field } from './fields'
import { note, optionsOf } from './notes'
import { renewal } from './renewal'
import { Saving } from './saving.svelte'

const all = (inWindow: boolean): Field[] => groups(inWindow).flatMap((g) => g.fields)
function field<T extends Field = Field>(key: string): T {
  const found = all(true).find((f) => f.key === key)
  if (!found) throw new Error(`no field ${key}`)
  return found as T
}

describe('the fields', () => {
  it('cover every setting of the server; a browser lacks those of the window', () => {
    const keys = all(true).map((f) => f.key)
    expect([...keys].sort()).toEqual([
      'extract.interval',
      'extract.live_interval',
      'extract.timeout',
      'notify.before',
      'notify.preflight',
      'proxy.cache',
      'proxy.rewind',
      'proxy.rewind_size',
      'refresh.interval',
      'ui.audio_languages',
      'ui.clock',
      'ui.close_to_tray',
      'ui.fit_quality',
      'ui.layout',
      'ui.letter_keys',
      'ui.notify',
      'ui.open_at_start',
      'ui.player',
      'ui.remote',
      'ui.start_at_login',
      'ui.theme',
      'ui.tile_controls',
    ])
    const browser = all(false).map((f) => f.key)
    expect(keys.filter((k) => !browser.includes(k))).toEqual([
      'ui.close_to_tray',
      'ui.start_at_login',
      'ui.remote',
    ])
    expect(groups(false).map((g) => g.name)).toEqual([
      'Playback',
      'Sources',
      'Notifications',
      'Keys',
      'Appearance',
    ])
  })

  it('have a default that can be chosen, and show it', () => {
    for (const f of all(true)) {
      if (f.kind === 'switch' || f.kind === 'text') continue
      const list = 'presets' in f ? f.presets : f.options
      expect(list.map((o) => o.value)).toContain(f.standard)
    }
    expect(
      ['refresh.interval', 'proxy.cache', 'ui.layout', 'ui.notify'].map((k) => standardWords(field(k))),
    ).toEqual(['4 minutes', '256 MiB', 'Automatic', 'on'])
  })

  it('compare values by meaning: the server writes 60s as 1m and 1GiB as 1.0GiB', () => {
    expect(same(field('refresh.interval'), '60s', '1m')).toBe(true)
    expect(same(field('proxy.cache'), '1GiB', '1.0GiB')).toBe(true)
    expect(same(field('proxy.cache'), '1GiB', '1GB')).toBe(false)
    expect(same(field('refresh.interval'), 'soon', 'later')).toBe(false)
    expect(same(field('ui.layout'), '1', '1')).toBe(true)
  })

  it('offer the current value if it is not a preset', () => {
    const f = field<Amount>('refresh.interval')
    expect(choices(f, '1m30s').at(-1)).toEqual({ value: '1m30s', label: '1 minute 30 seconds' })
    expect(choices(f, '240s')).toEqual(f.presets)
    expect(choices(f, '')).toEqual(f.presets)
    expect(choices(field<Amount>('notify.before'), '0s')[0]?.label).toBe('Only at the start')
  })
})

describe('Saving', () => {
  const putSettings = vi.fn<Client['putSettings']>()
  const answer: Settings = { settings: { 'refresh.interval': '2m' }, fixed: [], restart: [] }
  const app = () => {
    const client = { putSettings } as unknown as Client
    return { client, preferences: new Preferences(client, new Notices()) }
  }
  beforeEach(() => {
    putSettings.mockReset()
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('applies the answer and shows "saved" for a while', async () => {
    putSettings.mockResolvedValue(answer)
    const a = app()
    const s = new Saving(a, 'refresh.interval')
    const saved = s.save('2m')
    expect(s.phase).toBe('saving')
    expect(await saved).toBe(true)
    expect([s.phase, a.preferences.get('refresh.interval')]).toEqual(['saved', '2m'])
    vi.advanceTimersByTime(3_000)
    expect(s.phase).toBe('idle')
  })

  it('shows the server’s reason for refusing a value, and keeps the current one', async () => {
    putSettings.mockRejectedValueOnce(
      new ApiError('invalid', 'refresh.interval is "4ms"; it must be between 1s and 168h'),
    )
    const a = app()
    a.preferences.remote.set(answer)
    const s = new Saving(a, 'refresh.interval')
    expect(await s.save('4ms')).toBe(false)
    expect([s.phase, s.error]).toEqual(['wrong', 'refresh.interval is "4ms"; it must be between 1s and 168h'])
    expect(a.preferences.get('refresh.interval')).toBe('2m')
    s.forget()
    expect([s.phase, s.error]).toEqual(['idle', ''])
  })

  it('resets by null', async () => {
    putSettings.mockResolvedValue(answer)
    await new Saving(app(), 'ui.theme').save(null)
    expect(putSettings).toHaveBeenCalledWith({ settings: { 'ui.theme': null } })
  })
})

describe('notes', () => {
  const about = (players: string[]) => ({ players }) as unknown as About
  const player = (value: string, players: string[], inWindow = true) =>
    note('ui.player', value, { inWindow, about: about(players), shell: undefined })

  it('say which player is installed', () => {
    expect(player('mpv', ['mpv'])).toBe('')
    expect(player('vlc', ['mpv'])).toBe('VLC is not installed; mpv is.')
    expect(player('mpv', [])).toMatch(/^mpv is not installed, and no other/)
    expect(player('mpv', [], false)).toMatch(/copies the feed’s address/)
    const f = field('ui.player') as Parameters<typeof optionsOf>[0]
    expect(optionsOf(f, about(['vlc'])).map((o) => o.label)).toEqual([
      'mpv (not installed)',
      'VLC (installed)',
    ])
    expect(optionsOf(f, undefined)).toEqual(f.options)
  })

  it('say that closing quits if there is no tray', () => {
    const closing = (tray: boolean) =>
      note('ui.close_to_tray', 'on', {
        inWindow: true,
        about: undefined,
        shell: { tray, codecs: '', player: [] },
      })
    expect(closing(false)).toMatch(/closing the window quits/)
    expect(closing(true)).toBe('')
  })
})

describe('a renewal', () => {
  const active = (title: string, last_error = '') => ({ title, last_error }) as Active
  it('reports successes and failures', () => {
    expect(renewal([])).toEqual({ tone: 'done', text: 'No feeds are being watched.' })
    expect(renewal([active('a'), active('b')])).toEqual({ tone: 'done', text: 'Renewed 2 feeds.' })
    expect(renewal([active('a'), active('Timing', 'Extraction failed: 503'), active('c', 'x')])).toEqual({
      tone: 'warning',
      text: 'Renewed 1 feed. Not renewed: Timing and 1 more. Extraction failed: 503.',
    })
    expect(renewal([active('Timing', 'x')]).text).toBe('Not renewed: Timing. x.')
    expect(renewal([active('Timing', "Extractor 'club' not found")]).text).toBe(
      'Not renewed: Timing. Its source “club” is switched off, was deleted or has an error.',
    )
  })
})
