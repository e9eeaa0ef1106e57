import { getContext, setContext } from 'svelte'
import { Keymap } from '../grid/keymap'

const KEY = Symbol('keys')
const DEFAULT = new Keymap()

/** Makes the user's keys known to all components below; `keys` is read each time they are shown. */
export const provideKeys = (keys: () => Keymap): void => void setContext(KEY, keys)

/** Returns a function that returns the keys in force. */
export const useKeys = (): (() => Keymap) => getContext<(() => Keymap) | undefined>(KEY) ?? (() => DEFAULT)
