import { messageOf, type Client, type Settings } from '../api'
import { Keymap } from '../grid/keymap'
import { Remote } from './remote.svelte'
import type { Notices } from './notices.svelte'

export type Theme = 'dark' | 'light'

/** The settings, and their effects on the page. */
export class Preferences {
  readonly remote: Remote<Settings>
  #client: Client
  #notices: Notices
  #systemLight = $state(false)
  #keymap = $derived(new Keymap(this.get('ui.keys'), this.get('ui.letter_keys') !== 'off'))

  constructor(client: Client, notices: Notices) {
    this.#client = client
    this.#notices = notices
    this.remote = new Remote(() => client.settings())
  }

  /** The value of a setting; "" until the settings have been loaded. */
  get(key: string): string {
    return this.remote.value?.settings[key] ?? ''
  }
  /** Whether it is set in config.toml, and can be changed only there. */
  fixed(key: string): boolean {
    return this.remote.value?.fixed.includes(key) ?? false
  }
  needsRestart(key: string): boolean {
    return this.remote.value?.restart.includes(key) ?? false
  }

  get theme(): Theme {
    const wanted = this.get('ui.theme')
    if (wanted === 'light' || wanted === 'dark') return wanted
    return this.#systemLight ? 'light' : 'dark'
  }

  /** The keyboard shortcuts in force. */
  get keymap(): Keymap {
    return this.#keymap
  }

  /** Changes a setting; null restores its default. On failure, shows the error and returns false. */
  async set(key: string, value: string | null): Promise<boolean> {
    try {
      this.remote.set(await this.#client.putSettings({ settings: { [key]: value } }))
      return true
    } catch (thrown) {
      this.#notices.show('error', messageOf(thrown))
      return false
    }
  }

  /** Follows the system's light or dark mode; returns a function that stops this. */
  followSystem(): () => void {
    const light = window.matchMedia('(prefers-color-scheme: light)')
    const changed = () => {
      this.#systemLight = light.matches
    }
    changed()
    light.addEventListener('change', changed)
    return () => light.removeEventListener('change', changed)
  }
}
