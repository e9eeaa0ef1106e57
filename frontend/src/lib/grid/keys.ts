// The keyboard shortcuts, in one table for the handler, the help and Settings. A key is written as in KeyboardEvent.key, letters
// in lower case and the space bar as "Space", after "Ctrl+", "Alt+", "Meta+" and "Shift+" in this order.

interface Shortcut {
  action: string
  /** What it does, as Settings and messages name it. */
  what: string
  /** The default keys; labels show the first. */
  keys: readonly string[]
  /** The help shows adjacent shortcuts of one such name in one line. */
  together?: string
}
interface Group {
  name: string
  lines: readonly Shortcut[]
}

/** Buttons and Kbd take an `action`, and show the key that the user has chosen for it. */
export const KEYS = [
  {
    name: 'Everywhere',
    lines: [{ action: 'help', what: 'Keyboard shortcuts', keys: ['?'] }],
  },
  {
    name: 'On the wall',
    lines: [
      { action: 'find', what: 'Find a feed', keys: ['/'] },
      { action: 'play', what: 'Play or pause', keys: ['Space'] },
      { action: 'mute', what: 'Mute or unmute', keys: ['m'] },
      { action: 'louder', what: 'Louder', keys: ['+', '='], together: 'Volume' },
      { action: 'quieter', what: 'Quieter', keys: ['-', '−'], together: 'Volume' },
      { action: 'tile-fullscreen', what: 'Tile fullscreen', keys: ['f'] },
      { action: 'fullscreen', what: 'Window fullscreen', keys: ['Shift+f'] },
      { action: 'live', what: 'Go live on all feeds', keys: ['l'] },
      { action: 'delay', what: 'Delay of all feeds', keys: ['d'] },
      { action: 'delay-less', what: 'Half a second less delay', keys: ['['], together: 'Delay by 0.5 s' },
      { action: 'delay-more', what: 'Half a second more delay', keys: [']'], together: 'Delay by 0.5 s' },
      { action: 'seek-back', what: '10 seconds back', keys: ['j'], together: '10 seconds back, forward' },
      {
        action: 'seek-forward',
        what: '10 seconds forward',
        keys: ['k'],
        together: '10 seconds back, forward',
      },
      { action: 'start', what: 'Play from the start', keys: ['Shift+j'] },
      { action: 'quality', what: 'Quality, audio, subtitles', keys: ['q'] },
      { action: 'change', what: 'Show another feed in the tile', keys: ['c'] },
      { action: 'spare', what: 'Switch to the spare, or back', keys: ['b'] },
      { action: 'offset-down', what: 'Offset −50 ms', keys: [','], together: 'Offset −50 ms, +50 ms' },
      { action: 'offset-up', what: 'Offset +50 ms', keys: ['.'], together: 'Offset −50 ms, +50 ms' },
      { action: 'player', what: 'Open in mpv or VLC', keys: ['o'] },
      { action: 'layout', what: 'Next layout', keys: ['g'] },
      { action: 'ratio', what: 'Next size of the large tile', keys: ['Shift+g'] },
      { action: 'sound', what: 'Show or hide the sound bar', keys: ['Shift+s'] },
      { action: 'panel', what: 'Show or hide the feed list', keys: ['p'] },
      { action: 'alone', what: 'Show only the wall', keys: ['w'] },
      { action: 'timeline', what: 'Timeline of the tile', keys: ['t'] },
      { action: 'overlay', what: 'Show or hide names and facts', keys: ['i'] },
      { action: 'remote', what: 'Remote', keys: ['r'] },
      { action: 'close', what: 'Close the tile', keys: ['x'] },
    ],
  },
  {
    name: 'Focus and position',
    lines: [
      { action: 'place-1', what: 'Focus tile 1', keys: ['1'], together: 'Focus a tile' },
      { action: 'place-2', what: 'Focus tile 2', keys: ['2'], together: 'Focus a tile' },
      { action: 'place-3', what: 'Focus tile 3', keys: ['3'], together: 'Focus a tile' },
      { action: 'place-4', what: 'Focus tile 4', keys: ['4'], together: 'Focus a tile' },
      { action: 'place-5', what: 'Focus tile 5', keys: ['5'], together: 'Focus a tile' },
      { action: 'place-6', what: 'Focus tile 6', keys: ['6'], together: 'Focus a tile' },
      { action: 'place-7', what: 'Focus tile 7', keys: ['7'], together: 'Focus a tile' },
      { action: 'place-8', what: 'Focus tile 8', keys: ['8'], together: 'Focus a tile' },
      { action: 'place-9', what: 'Focus tile 9', keys: ['9'], together: 'Focus a tile' },
      { action: 'left', what: 'Focus left', keys: ['ArrowLeft'], together: 'Move the focus' },
      { action: 'right', what: 'Focus right', keys: ['ArrowRight'], together: 'Move the focus' },
      { action: 'up', what: 'Focus up', keys: ['ArrowUp'], together: 'Move the focus' },
      { action: 'down', what: 'Focus down', keys: ['ArrowDown'], together: 'Move the focus' },
      {
        action: 'swap-left',
        what: 'Swap left',
        keys: ['Shift+ArrowLeft'],
        together: 'Swap with the neighbour',
      },
      {
        action: 'swap-right',
        what: 'Swap right',
        keys: ['Shift+ArrowRight'],
        together: 'Swap with the neighbour',
      },
      { action: 'swap-up', what: 'Swap up', keys: ['Shift+ArrowUp'], together: 'Swap with the neighbour' },
      {
        action: 'swap-down',
        what: 'Swap down',
        keys: ['Shift+ArrowDown'],
        together: 'Swap with the neighbour',
      },
    ],
  },
] as const satisfies readonly Group[]

export type Action = (typeof KEYS)[number]['lines'][number]['action']

/** Keys that stay as they are. */
export const FIXED = [
  { keys: 'Alt+1 … 4', what: 'Schedule, Watch, Sources, Settings' },
  { keys: 'Ctrl+Z', what: 'Undo, while the notice is shown' },
  { keys: 'Esc', what: 'Close, or leave fullscreen' },
] as const

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'> &
  Partial<Pick<KeyboardEvent, 'getModifierState'>>

/** The key of an event as the table writes it. */
export function keyOf(e: Pressed): string {
  const key = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toLowerCase() : e.key
  // AltGr types a sign; Windows reports it as Ctrl and Alt.
  const types = e.getModifierState?.('AltGraph') === true
  // Shift matters with letters and named keys only: some keyboards need it to type digits and signs.
  const shift = e.shiftKey && (key.length > 1 || key !== key.toUpperCase())
  const held = [
    !types && e.ctrlKey && 'Ctrl+',
    !types && e.altKey && 'Alt+',
    e.metaKey && 'Meta+',
    shift && 'Shift+',
  ]
  return held.filter(Boolean).join('') + key
}

const HELD = /^(?:Ctrl\+|Alt\+|Meta\+|Shift\+)*/

/** The modifiers and the key itself. */
export function partsOf(key: string): { held: string[]; key: string } {
  const held = HELD.exec(key)?.[0] ?? ''
  // "Shift+" and nothing more cannot be; "Ctrl++" is Ctrl and plus.
  return { held: held.split('+').filter((h) => h !== ''), key: key.slice(held.length) }
}

/** Whether it types a character: speech input and hands that slip press such keys by accident. */
export function isSingleCharacter(key: string): boolean {
  const { held, key: bare } = partsOf(key)
  return bare.length === 1 && held.every((h) => h === 'Shift')
}

const LABELS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  '-': '−',
}

/** A key as it is shown: Shift+F, ←, Ctrl+M. */
export function labelOf(key: string): string {
  const { held, key: bare } = partsOf(key)
  return [...held, LABELS[bare] ?? (bare.length === 1 ? bare.toUpperCase() : bare)].join('+')
}

/** A key as aria-keyshortcuts has it. */
export function ariaOf(key: string): string {
  const { held, key: bare } = partsOf(key)
  return [...held.map((h) => (h === 'Ctrl' ? 'Control' : h)), bare === '+' ? 'Plus' : bare].join('+')
}

const MODIFIERS = ['Control', 'Shift', 'Alt', 'AltGraph', 'Meta', 'OS', 'CapsLock', 'NumLock', 'Fn']
const UNKNOWN = ['Dead', 'Process', 'Unidentified', 'Compose']
/** Keys with Ctrl that browsers and webviews keep for themselves, or that edit text. */
const BROWSERS = 'acdefhjklnopqrstuvwxyz0123456789+-='

/** Whether only a modifier is held so far. */
export const isModifier = (key: string): boolean => MODIFIERS.includes(partsOf(key).key)

/** Why a key cannot be chosen, as a sentence; "" if it can. */
export function whyNot(key: string): string {
  const { held, key: bare } = partsOf(key)
  const label = labelOf(key)
  if (UNKNOWN.includes(bare) || bare === '') return 'This key has no name here. Choose another.'
  if (['Enter', 'Tab', 'Escape'].includes(bare))
    return `${label} is needed for buttons and dialogs. Choose another.`
  if (/^(Alt\+[1-4]|Ctrl\+z)$/.test(key)) return `${label} is taken by Gridwall. Choose another.`
  const browsers =
    held.includes('Meta') ||
    (held.includes('Ctrl') && BROWSERS.includes(bare)) ||
    /^(F5|F11|F12|Alt\+(F4|Arrow.*|Home))$/.test(key)
  return browsers ? `${label} belongs to the browser or the system. Choose another.` : ''
}

const WRITES = 'textarea, select, [contenteditable=""], [contenteditable="true"]'
const OPEN = 'dialog[open], [role="dialog"], [role="menu"], [role="listbox"]'
const MOVES_EDGE = /^(Arrow.*|Home|End|Enter)$/

/** Whether a key belongs to the focused element: a text field, a button or a menu. */
export function belongs(key: string, to: EventTarget | null): boolean {
  if (!(to instanceof Element)) return false
  if (to.closest(WRITES) || to.closest(OPEN)) return true
  if (to.closest('[role="separator"]')) return MOVES_EDGE.test(key)
  const presses = key === ' ' || key === 'Enter'
  if (to instanceof HTMLInputElement) {
    const types = !['radio', 'checkbox', 'range', 'button'].includes(to.type)
    return types || presses || key.startsWith('Arrow')
  }
  return presses && to.closest('button, a, summary, [role="button"], [role="switch"]') !== null
}
