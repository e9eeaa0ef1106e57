import { messageOf } from '$lib/api'
import { whatOf } from '$lib/grid/keymap'
import { isModifier, isSingleCharacter, keyOf, labelOf, whyNot, type Action } from '$lib/grid/keys'
import type { App } from '$lib/state/app.svelte'

const SETTING = 'ui.keys'

/** Changes the keys of actions: waits for the key, refuses conflicts, and saves. */
export class Recorder {
  #app: Pick<App, 'client' | 'preferences' | 'notices'>
  #action = $state<Action | ''>('')
  #failed = $state<{ action: Action; why: string } | null>(null)
  #done = $state('')

  constructor(app: Pick<App, 'client' | 'preferences' | 'notices'>) {
    this.#app = app
  }

  /** The action whose new key is awaited; "" for none. */
  get action(): Action | '' {
    return this.#action
  }
  /** Why the last key for an action was not saved; "" if it was. */
  error(action: Action): string {
    return this.#failed?.action === action ? this.#failed.why : ''
  }
  /** What happens or was saved last, for screen readers. */
  get done(): string {
    return this.#done
  }

  start(action: Action): void {
    this.#action = action
    this.#failed = null
    this.#done = `Press the new key for “${whatOf(action)}”. Esc cancels.`
  }
  cancel(): void {
    this.#action = ''
    this.#failed = null
    this.#done = ''
  }

  /** A key was pressed while one is awaited. Returns whether it was used; otherwise it does what it always does. */
  press(e: KeyboardEvent): boolean {
    const action = this.#action
    if (action === '' || e.repeat) return action !== ''
    const key = keyOf(e)
    if (key === 'Tab' || key === 'Shift+Tab') {
      this.cancel()
      return false
    }
    if (isModifier(key)) return true
    if (key === 'Escape') this.cancel()
    else if (key === 'Delete' || key === 'Backspace') void this.#save(action, '')
    else void this.#choose(action, key)
    return true
  }

  async #choose(action: Action, key: string): Promise<void> {
    const keymap = this.#app.preferences.keymap
    const other = keymap.taken(key, action)
    if (whyNot(key) !== '') this.#fail(action, whyNot(key))
    else if (other) this.#fail(action, takenBy(key, other))
    else if (!keymap.works(key) && isSingleCharacter(key))
      this.#fail(
        action,
        `Single-letter keys are off. Choose a key with Ctrl or Alt, or one such as F2, instead of ${labelOf(key)}.`,
      )
    else await this.#save(action, key)
  }
  #fail(action: Action, why: string): void {
    this.#failed = { action, why }
  }

  /** Restores the default key of an action. */
  async reset(action: Action): Promise<void> {
    this.cancel()
    const { key, taken } = this.#app.preferences.keymap.standard(action)
    if (taken) this.#fail(action, takenBy(key, taken))
    else await this.#save(action, null)
  }
  /** Restores all default keys, and offers to undo that. */
  async resetAll(): Promise<void> {
    this.cancel()
    const before = this.#app.preferences.get(SETTING)
    const { notices } = this.#app
    if (!(await this.#put(null, (why) => notices.show('error', why)))) return
    notices.show('done', 'All keys are reset.', {
      label: 'Undo',
      run: () => void this.#put(before, (why) => notices.show('error', why)),
    })
  }

  async #save(action: Action, key: string | null): Promise<void> {
    const value = this.#app.preferences.keymap.with(action, key)
    this.#action = ''
    this.#failed = null
    if (!(await this.#put(value, (why) => this.#fail(action, why)))) return
    const label = labelOf(this.#app.preferences.keymap.key(action))
    this.#done = label === '' ? `${whatOf(action)} has no key.` : `${whatOf(action)}: ${label}.`
  }

  async #put(value: string | null, failed: (why: string) => void): Promise<boolean> {
    try {
      const answer = await this.#app.client.putSettings({ settings: { [SETTING]: value } })
      this.#app.preferences.remote.set(answer)
      return true
    } catch (thrown) {
      failed(messageOf(thrown))
      return false
    }
  }
}

const takenBy = (key: string, other: Action): string =>
  `${labelOf(key)} is already the key for “${whatOf(other)}”. Choose another, or change that one first.`
