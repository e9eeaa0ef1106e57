import { describe, expect, it } from 'vitest'
import { helpOf, Keymap, whatOf } from './keymap'
import { ariaOf, belongs, isSingleCharacter, keyOf, KEYS, labelOf, whyNot } from './keys'

const event = (key: string, rest: Partial<KeyboardEvent> = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...rest,
})
const press = (keys: Keymap, key: string, rest: Partial<KeyboardEvent> = {}) =>
  keys.actionOf(event(key, rest))

describe('the default keys', () => {
  it.each([
    ['/', {}, 'find'],
    ['5', {}, 'place-5'],
    ['5', { shiftKey: true }, 'place-5'], // on a French keyboard
    ['ArrowLeft', {}, 'left'],
    ['ArrowLeft', { shiftKey: true }, 'swap-left'],
    [' ', {}, 'play'],
    ['f', {}, 'tile-fullscreen'],
    ['F', {}, 'tile-fullscreen'], // caps lock
    ['F', { shiftKey: true }, 'fullscreen'],
    ['f', { shiftKey: true }, 'fullscreen'], // both
    ['+', { shiftKey: true }, 'louder'],
    ['-', {}, 'quieter'],
    ['?', { shiftKey: true }, 'help'],
    ['M', { shiftKey: true }, undefined],
    ['l', { ctrlKey: true }, undefined],
    ['1', { altKey: true }, undefined],
    ['w', { metaKey: true }, undefined],
    ['0', {}, undefined],
  ] as const)('%s %o is %s', (key, held, want) => expect(press(new Keymap(), key, held)).toBe(want))

  it('have one action each, and may all be chosen', () => {
    const all = KEYS.flatMap((g) => g.lines.flatMap((l) => [...l.keys]))
    expect(new Set(all).size).toBe(all.length)
    expect(all.filter((k) => whyNot(k) !== '')).toEqual([])
    const actions = KEYS.flatMap((g) => g.lines.map((l) => l.action))
    expect(new Set(actions).size).toBe(actions.length)
  })

  it('belong to a focused text field, button or menu', () => {
    document.body.innerHTML =
      '<input id="text"><input id="radio" type="radio"><select id="s"></select><button id="b"><i id="in"></i></button>' +
      '<dialog open><p id="d"></p></dialog><div role="menu"><i id="m"></i></div><video id="v"></video>'
    const at = (id: string) => document.getElementById(id)
    const rows: [string, string, boolean][] = [
      ['m', 'text', true],
      ['m', 'radio', false],
      ['ArrowLeft', 'radio', true],
      ['m', 's', true],
      [' ', 'in', true],
      ['m', 'in', false],
      ['x', 'd', true],
      ['x', 'm', true],
      [' ', 'v', false],
    ]
    for (const [key, id, want] of rows) expect(belongs(key, at(id)), `${key} in ${id}`).toBe(want)
    expect(belongs('m', null)).toBe(false)
  })
})

describe('keys of one’s own', () => {
  it('replace the default ones, and outlast storing', () => {
    const stored = new Keymap(new Keymap().with('mute', 'Ctrl+m')).with('play', '')
    expect(stored).toBe('mute=Ctrl+m play=none')
    const keys = new Keymap(stored)
    expect(press(keys, 'm', { ctrlKey: true })).toBe('mute')
    expect(press(keys, 'm')).toBeUndefined()
    expect(press(keys, ' ')).toBeUndefined()
    expect([keys.label('mute'), keys.aria('mute'), keys.title('Mute', 'mute')]).toEqual([
      'Ctrl+M',
      'Control+m',
      'Mute (Ctrl+M)',
    ])
    expect([keys.label('play'), keys.aria('play'), keys.title('Play', 'play')]).toEqual([
      '',
      undefined,
      'Play',
    ])
    expect([keys.changed('mute'), keys.changed('live'), keys.anyChanged]).toEqual([true, false, true])
    expect(keys.with('mute', null)).toBe('play=none')
    expect(keys.with('mute', 'm'), 'the default is not stored').toBe('play=none')
  })

  it('know which other action has a key', () => {
    const keys = new Keymap('mute=u')
    expect([
      keys.taken('l', 'mute'),
      keys.taken('u', 'live'),
      keys.taken('u', 'mute'),
      keys.taken('m', 'live'),
    ]).toEqual(['live', 'mute', undefined, undefined])
    expect(keys.taken('=', 'mute'), 'a second default key').toBe('louder')
    expect(new Keymap('mute=u live=m').standard('mute')).toEqual({ key: 'm', taken: 'live' })
    expect(whatOf('live')).toBe('Go live on all feeds')
  })

  it('win over the default key of another action, if a file was edited by hand or a newer version wrote it', () => {
    const keys = new Keymap('mute=l brand-new=F8 live= =x broken')
    expect(press(keys, 'l')).toBe('mute')
    expect(keys.label('live')).toBe('')
    expect(press(keys, 'F8')).toBeUndefined()
    expect(keys.with('play', 'F2'), 'unknown actions are kept').toBe('mute=l brand-new=F8 play=F2')
  })

  it('can be signs that the stored form uses', () => {
    const keys = new Keymap(new Keymap('louder=F9').with('mute', '='))
    expect(press(keys, '=')).toBe('mute')
    expect(press(new Keymap('mute=Ctrl++'), '+', { ctrlKey: true, shiftKey: true })).toBe('mute')
  })

  it('with single-letter keys off, only those with Ctrl or Alt and named ones work', () => {
    const keys = new Keymap('mute=Alt+u', false)
    for (const key of ['m', 'l', '5', '/', '?', '+', 'F']) expect(press(keys, key), key).toBeUndefined()
    expect(press(keys, 'F', { shiftKey: true })).toBeUndefined()
    expect(press(keys, 'u', { altKey: true })).toBe('mute')
    expect(press(keys, ' ')).toBe('play')
    expect(press(keys, 'ArrowLeft', { shiftKey: true })).toBe('swap-left')
    expect([keys.label('live'), keys.key('live'), keys.aria('live')]).toEqual(['', 'l', undefined])
    expect(keys.taken('l', 'mute'), 'it is still the key of Go live').toBe('live')
  })

  it('are what the help shows', () => {
    const lines = (keys: Keymap) => helpOf(keys).flatMap((g) => g.lines.map((l) => `${l.keys}: ${l.what}`))
    expect(lines(new Keymap())).toEqual(
      expect.arrayContaining([
        '1 … 9: Focus a tile',
        '← → ↑ ↓: Move the focus',
        'J K: 10 seconds back, forward',
        '+ −: Volume',
        'Shift+F: Window fullscreen',
      ]),
    )
    const own = lines(new Keymap('mute=F2 place-1=none live=none'))
    expect(own).toContain('F2: Mute or unmute')
    expect(own).toContain('2 3 4 5 6 7 8 9: Focus a tile')
    expect(own.some((l) => l.includes('Go live'))).toBe(false)
  })
})

describe('a pressed key', () => {
  it('is written with its modifiers; AltGr types a sign', () => {
    const altGr = { ctrlKey: true, altKey: true, getModifierState: (k: string) => k === 'AltGraph' }
    expect([
      keyOf(event('F2', { shiftKey: true })),
      keyOf(event('M', { ctrlKey: true, shiftKey: true })),
      keyOf(event('@', altGr)),
      keyOf(event('!', { shiftKey: true })),
      keyOf(event(' ')),
    ]).toEqual(['Shift+F2', 'Ctrl+Shift+m', '@', '!', 'Space'])
    expect(['Shift+f', '5', 'Space', 'F2', 'Ctrl+m', 'ArrowUp'].map(isSingleCharacter)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('has a label and a name for screen readers', () => {
    expect(['Shift+ArrowLeft', 'Ctrl++', '-', 'Space', 'PageUp', 'Alt+m'].map(labelOf)).toEqual([
      'Shift+←',
      'Ctrl++',
      '−',
      'Space',
      'Page Up',
      'Alt+M',
    ])
    expect(['Shift+f', 'Ctrl++', 'Space'].map(ariaOf)).toEqual(['Shift+f', 'Control+Plus', 'Space'])
  })

  it('cannot be chosen if buttons, Gridwall or the browser need it', () => {
    const why: [string, RegExp][] = [
      ['Enter', /^Enter is needed for buttons/],
      ['Shift+Tab', /needed for buttons/],
      ['Alt+2', /^Alt\+2 is taken by Gridwall/],
      ['Ctrl+z', /taken by Gridwall/],
      ['Ctrl+w', /belongs to the browser/],
      ['Ctrl+Shift+t', /belongs to the browser/],
      ['Meta+m', /belongs to the browser/],
      ['F5', /belongs to the browser/],
      ['Alt+ArrowLeft', /belongs to the browser/],
      ['Dead', /has no name/],
    ]
    for (const [key, want] of why) expect(whyNot(key), key).toMatch(want)
    for (const key of ['Ctrl+m', 'Alt+m', 'F2', 'Home', 'ü', 'Shift+PageDown'])
      expect(whyNot(key), key).toBe('')
  })
})
