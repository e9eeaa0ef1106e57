import { messageOf } from '$lib/api'
import type { App } from '$lib/state/app.svelte'

/** Where a change of a setting stands. */
export type Phase = 'idle' | 'saving' | 'saved' | 'wrong'

/** How long "Saved" stays, in ms. */
const STAY = 2_500

/** One setting's changes: each answers at once, in its own place. */
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
  /** Why the last change was refused, in the server's words; "" where it was not. */
  get error(): string {
    return this.#error
  }

  /** Changes the setting, null for its default; returns whether it was taken. */
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

  /** The change was taken back, and its error with it. */
  forget(): void {
    if (this.#phase === 'wrong') this.#phase = 'idle'
    this.#error = ''
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
