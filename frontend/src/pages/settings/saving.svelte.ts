import { messageOf } from '$lib/api'
import type { App } from '$lib/state/app.svelte'

/** The state of a change. */
export type Phase = 'idle' | 'saving' | 'saved' | 'wrong'

/** How long "Saved" is shown, in ms. */
const STAY = 2_500

/** Saves the changes of one setting, and holds their state. */
export class Saving {
  readonly key: string
  #app: Pick<App, 'client' | 'preferences'>
  #phase = $state<Phase>('idle')
  #error = $state('')
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(app: Pick<App, 'client' | 'preferences'>, key: string) {
    this.#app = app
    this.key = key
  }

  get phase(): Phase {
    return this.#phase
  }
  /** The server's reason for refusing the last change; "" if it was accepted. */
  get error(): string {
    return this.#error
  }

  /** Changes the setting, null for its default; returns whether it was accepted. */
  async save(value: string | null): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#phase = 'saving'
    try {
      const answer = await this.#app.client.putSettings({ settings: { [this.key]: value } })
      this.#app.preferences.remote.set(answer)
      this.#phase = 'saved'
      this.#error = ''
      this.#timer = setTimeout(() => (this.#phase = 'idle'), STAY)
      return true
    } catch (thrown) {
      this.#phase = 'wrong'
      this.#error = messageOf(thrown)
      return false
    }
  }

  /** The user has undone the change: clear its error. */
  forget(): void {
    if (this.#phase === 'wrong') this.#phase = 'idle'
    this.#error = ''
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
