import { ariaOf, isSingleCharacter, keyOf, KEYS, labelOf, type Action } from './keys'

/** What is stored for an action without a key. */
const NONE = 'none'

const SHORTCUTS = KEYS.flatMap((g) => g.lines.map((l) => l))
const DEFAULTS = new Map<string, readonly string[]>(SHORTCUTS.map((s) => [s.action, s.keys]))
const WHAT = new Map<string, string>(SHORTCUTS.map((s) => [s.action, s.what]))

/** What an action does, as the help names it. */
export const whatOf = (action: Action): string => WHAT.get(action) ?? action

/**
 * The keys that are in force: the defaults, and what the user chose instead. The stored form, the setting ui.keys, is
 * "action=key" separated by spaces; entries for actions that this version does not know are kept.
 */
export class Keymap {
  /** Chosen keys by action; "" for none. */
  #chosen: ReadonlyMap<string, string>
  #letters: boolean
  /** Actions by key, also for keys that are switched off. */
  #actions = new Map<string, Action>()
  #keys = new Map<string, string[]>()

  /** `letters` is false if keys that type a character do nothing. */
  constructor(stored = '', letters = true) {
    this.#chosen = read(stored)
    this.#letters = letters
    for (const [action, key] of this.#chosen) if (key !== '' && DEFAULTS.has(action)) this.#give(key, action)
    // A chosen key wins over the default of another action.
    for (const [action, keys] of DEFAULTS)
      if (!this.#chosen.has(action)) keys.forEach((key) => this.#give(key, action))
  }
  #give(key: string, action: string): void {
    if (this.#actions.has(key)) return
    this.#actions.set(key, action as Action)
    this.#keys.set(action, [...(this.#keys.get(action) ?? []), key])
  }

  /** The action of a pressed key. */
  actionOf(e: Parameters<typeof keyOf>[0]): Action | undefined {
    const key = keyOf(e)
    return this.works(key) ? this.#actions.get(key) : undefined
  }
  /** Whether keys of this kind do something: those that type a character can be switched off. */
  works(key: string): boolean {
    return this.#letters || !isSingleCharacter(key)
  }

  /** The key of an action, also if it is switched off; "" for none. */
  key(action: Action): string {
    return this.#keys.get(action)?.[0] ?? ''
  }
  #working(action: Action): string {
    const key = this.key(action)
    return this.works(key) ? key : ''
  }
  /** The key of an action as it is shown; "" if no key does it. */
  label(action: Action): string {
    const key = this.#working(action)
    return key === '' ? '' : labelOf(key)
  }
  /** The same for aria-keyshortcuts. */
  aria(action: Action): string | undefined {
    const key = this.#working(action)
    return key === '' ? undefined : ariaOf(key)
  }
  /** `text`, with the key after it: "Mute (M)". */
  title(text: string, action: Action): string {
    const label = this.label(action)
    return label === '' ? text : `${text} (${label})`
  }

  /** Whether the user chose a key for the action, or none. */
  changed(action: Action): boolean {
    return this.#chosen.has(action)
  }
  /** Whether any is changed. */
  get anyChanged(): boolean {
    return this.#chosen.size > 0
  }

  /** The other action that has this key. */
  taken(key: string, action: Action): Action | undefined {
    const other = this.#actions.get(key)
    return other === action ? undefined : other
  }
  /** The default key of an action, and the other action that has it now. */
  standard(action: Action): { key: string; taken: Action | undefined } {
    const key = DEFAULTS.get(action)?.[0] ?? ''
    return { key, taken: this.taken(key, action) }
  }

  /** The stored form with another key for an action: "" for none, null for the default. */
  with(action: Action, key: string | null): string {
    const next = new Map(this.#chosen)
    if (key === null || (key !== '' && DEFAULTS.get(action)?.[0] === key)) next.delete(action)
    else next.set(action, key)
    return [...next].map(([a, k]) => `${a}=${k === '' ? NONE : k}`).join(' ')
  }
}

function read(stored: string): Map<string, string> {
  const chosen = new Map<string, string>()
  for (const entry of stored.split(' ')) {
    const at = entry.indexOf('=')
    if (at <= 0 || at === entry.length - 1) continue
    const key = entry.slice(at + 1)
    chosen.set(entry.slice(0, at), key === NONE ? '' : key)
  }
  return chosen
}

/** The lines of the help: the keys in force, and what they do. Actions without a working key are left out. */
export function helpOf(keymap: Keymap): { name: string; lines: { keys: string; what: string }[] }[] {
  return KEYS.map((g) => {
    const lines: { keys: string[]; what: string }[] = []
    for (const s of g.lines) {
      const label = keymap.label(s.action)
      if (label === '') continue
      const what = 'together' in s ? s.together : s.what
      const line = lines.find((l) => l.what === what)
      if (line) line.keys.push(label)
      else lines.push({ what, keys: [label] })
    }
    return { name: g.name, lines: lines.map((l) => ({ what: l.what, keys: joined(l.keys) })) }
  })
}

/** "1 … 9" for the digits, else all keys. */
const joined = (keys: string[]): string => (keys.join('') === '123456789' ? '1 … 9' : keys.join(' '))
