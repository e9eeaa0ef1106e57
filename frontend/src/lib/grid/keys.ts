// The keyboard shortcuts, in one table for both the handler and the help.

export type Action =
  | 'find'
  | 'place'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'swap-left'
  | 'swap-right'
  | 'swap-up'
  | 'swap-down'
  | 'play'
  | 'mute'
  | 'louder'
  | 'quieter'
  | 'tile-fullscreen'
  | 'fullscreen'
  | 'live'
  | 'seek-back'
  | 'seek-forward'
  | 'start'
  | 'quality'
  | 'layout'
  | 'alone'
  | 'panel'
  | 'player'
  | 'close'
  | 'back'

interface Line {
  /** As shown in the help. */
  keys: string
  what: string
  /** Actions by key. A key is written as in KeyboardEvent.key, letters in lower case, with "Shift+" if Shift is held. */
  on?: Record<string, Action>
}

const arrows = (prefix: '' | 'swap-') =>
  Object.fromEntries(
    ['Left', 'Right', 'Up', 'Down'].map((d) => [
      `${prefix === '' ? '' : 'Shift+'}Arrow${d}`,
      `${prefix}${d.toLowerCase()}` as Action,
    ]),
  )

export const KEYS: { name: string; lines: Line[] }[] = [
  {
    name: 'Everywhere',
    lines: [
      { keys: 'Alt+1 … 4', what: 'Schedule, Watch, Sources, Settings' },
      { keys: '?', what: 'Keyboard shortcuts' },
      { keys: 'Ctrl+Z', what: 'Undo, while the notice is shown' },
      { keys: 'Esc', what: 'Close, or leave fullscreen', on: { Escape: 'back' } },
    ],
  },
  {
    name: 'On the wall',
    lines: [
      { keys: '/', what: 'Find a feed', on: { '/': 'find' } },
      {
        keys: '1 … 9',
        what: 'Focus a tile',
        on: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [String(i + 1), 'place' as const])),
      },
      { keys: '← → ↑ ↓', what: 'Move the focus', on: arrows('') },
      { keys: 'Shift + arrow', what: 'Swap the tile with its neighbour', on: arrows('swap-') },
      { keys: 'Space', what: 'Play or pause', on: { ' ': 'play' } },
      { keys: 'M', what: 'Mute or unmute', on: { m: 'mute' } },
      { keys: '+ −', what: 'Volume', on: { '+': 'louder', '=': 'louder', '-': 'quieter', '−': 'quieter' } },
      { keys: 'F', what: 'Tile fullscreen', on: { f: 'tile-fullscreen' } },
      { keys: 'Shift+F', what: 'Window fullscreen', on: { 'Shift+f': 'fullscreen' } },
      { keys: 'L', what: 'Go live on all feeds', on: { l: 'live' } },
      { keys: 'J K', what: '10 seconds back, forward', on: { j: 'seek-back', k: 'seek-forward' } },
      { keys: 'Shift+J', what: 'Play from the start', on: { 'Shift+j': 'start' } },
      { keys: 'Q', what: 'Quality, audio, subtitles', on: { q: 'quality' } },
      { keys: 'O', what: 'Open in mpv or VLC', on: { o: 'player' } },
      { keys: 'G', what: 'Next layout', on: { g: 'layout' } },
      { keys: 'P', what: 'Show or hide the feed list', on: { p: 'panel' } },
      { keys: 'W', what: 'Show only the wall', on: { w: 'alone' } },
      { keys: 'X', what: 'Close the tile', on: { x: 'close' } },
    ],
  },
]

const ACTIONS = new Map(KEYS.flatMap((g) => g.lines.flatMap((l) => Object.entries(l.on ?? {}))))

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>

/** The action of a key; undefined for others. Combinations with Ctrl, Alt or Meta belong to the browser or the pages. */
export function actionOf(e: Pressed): Action | undefined {
  if (e.ctrlKey || e.altKey || e.metaKey) return undefined
  const letter = e.key.length === 1 ? e.key.toLowerCase() : e.key
  // Shift matters with letters and arrows only: some keyboards need it to type digits and signs.
  const held = e.shiftKey && (letter !== e.key.toUpperCase() || e.key.length > 1)
  return ACTIONS.get(held ? `Shift+${letter}` : letter)
}

const WRITES = 'textarea, select, [contenteditable=""], [contenteditable="true"]'
const OPEN = 'dialog[open], [role="menu"], [role="listbox"]'

/** Whether a key belongs to the focused element: a text field, a button or a menu. */
export function belongs(key: string, to: EventTarget | null): boolean {
  if (!(to instanceof Element)) return false
  if (to.closest(WRITES) || to.closest(OPEN)) return true
  const presses = key === ' ' || key === 'Enter'
  if (to instanceof HTMLInputElement) {
    const types = !['radio', 'checkbox', 'range', 'button'].includes(to.type)
    return types || presses || key.startsWith('Arrow')
  }
  return presses && to.closest('button, a, summary, [role="button"], [role="switch"]') !== null
}
