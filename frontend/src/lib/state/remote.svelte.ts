import { messageOf } from '../api'

/**
 * Something that the server holds. The last value stays while a new one is fetched and when fetching fails. Calls
 * that come while one runs are served by one more run, so that no answer is older than what it was asked for.
 */
export class Remote<T> {
  #value = $state.raw<T | undefined>(undefined)
  #error = $state('')
  #loading = $state(false)
  #fetch: () => Promise<T>
  #running: Promise<void> | undefined
  #again = false

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch
  }

  get value(): T | undefined {
    return this.#value
  }
  /** Why the last fetch failed; "" after one that did not. */
  get error(): string {
    return this.#error
  }
  get loading(): boolean {
    return this.#loading
  }

  /** Takes an answer that came by another way, such as a change's. */
  set(value: T): void {
    this.#value = value
    this.#error = ''
  }

  /** Fetches; never rejects. */
  load(): Promise<void> {
    if (this.#running) {
      this.#again = true
      return this.#running
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<void> {
    this.#loading = true
    do {
      this.#again = false
      try {
        this.set(await this.#fetch())
      } catch (thrown) {
        this.#error = messageOf(thrown)
      }
    } while (this.#again)
    this.#loading = false
  }
}
