import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type Client, type Settings, type SettingsChange } from '$lib/api'
import { Notices } from '$lib/state/notices.svelte'
import { Preferences } from '$lib/state/preferences.svelte'
import { Recorder } from './recorder.svelte'

const put = vi.fn<Client['putSettings']>()
let values: Record<string, string>
let preferences: Preferences
let recorder: Recorder
let notices: Notices

const answer = (): Settings => ({ settings: { ...values }, fixed: [], restart: [] })
const press = async (key: string, rest: KeyboardEventInit = {}) => {
  const used = recorder.press(new KeyboardEvent('keydown', { key, ...rest }))
  for (let i = 0; i < 5; i++) await Promise.resolve()
  return used
}

beforeEach(() => {
  values = { 'ui.keys': '', 'ui.letter_keys': 'on' }
  put.mockReset()
  put.mockImplementation((change: SettingsChange) => {
    for (const [key, value] of Object.entries(change.settings ?? {})) values[key] = value ?? ''
    return Promise.resolve(answer())
  })
  const client = { putSettings: put } as unknown as Client
  notices = new Notices()
  preferences = new Preferences(client, notices)
  preferences.remote.set(answer())
  recorder = new Recorder({ client, preferences, notices })
})

describe('changing a key', () => {
  it('waits for the key, with its modifiers, and saves it', async () => {
    expect(await press('m')).toBe(false)
    recorder.start('mute')
    expect(recorder.action).toBe('mute')
    expect(await press('Control', { ctrlKey: true })).toBe(true)
    expect(recorder.action, 'a modifier alone is not a key yet').toBe('mute')
    expect(await press('m', { ctrlKey: true })).toBe(true)
    expect(values['ui.keys']).toBe('mute=Ctrl+m')
    expect([recorder.action, recorder.done]).toEqual(['', 'Mute or unmute: Ctrl+M.'])
    expect(preferences.keymap.label('mute')).toBe('Ctrl+M')
  })

  it('names the action that has the key already, and saves nothing', async () => {
    recorder.start('mute')
    await press('l')
    expect(put).not.toHaveBeenCalled()
    expect(recorder.error('mute')).toBe(
      'L is already the key for “Go live on all feeds”. Choose another, or change that one first.',
    )
    expect(recorder.action, 'another key can be pressed at once').toBe('mute')
    await press('w', { ctrlKey: true })
    expect(recorder.error('mute')).toMatch(/belongs to the browser/)
    await press('u')
    expect([values['ui.keys'], recorder.error('mute')]).toEqual(['mute=u', ''])
  })

  it('is cancelled by Esc and Tab; Delete removes the key', async () => {
    recorder.start('mute')
    expect(await press('Escape')).toBe(true)
    expect(recorder.action).toBe('')
    recorder.start('mute')
    expect(await press('Tab'), 'Tab moves on').toBe(false)
    expect([recorder.action, put.mock.calls.length]).toEqual(['', 0])
    recorder.start('mute')
    await press('Delete')
    expect([values['ui.keys'], recorder.done]).toEqual(['mute=none', 'Mute or unmute has no key.'])
  })

  it('resets one key, unless another action has taken it, or all', async () => {
    values['ui.keys'] = 'mute=u live=m'
    preferences.remote.set(answer())
    await recorder.reset('mute')
    expect(recorder.error('mute')).toMatch(/^M is already the key for “Go live on all feeds”/)
    await recorder.reset('live')
    await recorder.reset('mute')
    expect(values['ui.keys']).toBe('')
    values['ui.keys'] = 'mute=u'
    preferences.remote.set(answer())
    await recorder.resetAll()
    expect(put).toHaveBeenLastCalledWith({ settings: { 'ui.keys': null } })
    const said = notices.toasts.at(-1)
    expect([said?.text, values['ui.keys']]).toEqual(['All keys are reset.', ''])
    notices.act(said?.id ?? 0)
    await Promise.resolve()
    expect(values['ui.keys'], 'Undo brings them back').toBe('mute=u')
  })

  it('refuses letters while they are switched off', async () => {
    values['ui.letter_keys'] = 'off'
    preferences.remote.set(answer())
    recorder.start('mute')
    await press('u')
    expect(recorder.error('mute')).toMatch(/^Single-letter keys are off\./)
    await press('F2')
    expect(values['ui.keys']).toBe('mute=F2')
  })

  it('says why the server did not save it', async () => {
    put.mockRejectedValueOnce(new ApiError('invalid', 'ui.keys is too long'))
    recorder.start('mute')
    await press('u')
    expect(recorder.error('mute')).toBe('ui.keys is too long')
    expect(preferences.keymap.label('mute')).toBe('M')
  })
})
