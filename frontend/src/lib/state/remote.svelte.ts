import { onDestroy } from 'svelte'
import { messageOf } from '../api'

/** After a fetch that took longer than this, in ms, soon() pauses before the next one. */
const LONG = 200
/** The pause as a multiple of the fetch's duration, and its maximum in ms. */
const REST = 9
const LONGEST_REST = 30_000

/** Returns a Remote for a component. Its fetch may read props, so it stops when the component is destroyed. */
export function remoteOf<T>(fetch: () => Promise<T>): Remote<T> {
  const remote = new Remote(fetch)
  onDestroy(() => remote.close())
  return remote
}

/**
 * A value from the server. The last value stays while a new one is fetched, and when fetching fails. Calls during a fetch
 * lead to one further fetch, so that no answer is older than its call.
 */
export class Remote<T> {
  #value = $state.raw<T | undefined>(undefined)
  #error = $state('')
  #loading = $state(false)
  #fetch: () => Promise<T>
  #running: Promise<void> | undefined
  #again = false
  #soon = false
  #closed = false
  /** The duration of the last fetch, and when it ended, in ms. */
  #took = 0
  #ended = 0

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch
  }

  get value(): T | undefined {
    return this.#value
  }
  /** Why the last fetch failed; "" if it succeeded. */
  get error(): string {
    return this.#error
  }
  get loading(): boolean {
    return this.#loading
  }

  /** Sets a value that was not fetched, such as the answer to a change. */
  set(value: T): void {
    this.#value = value
    this.#error = ''
  }

  /** Stops fetching; a running fetch may finish. */
  close(): void {
    this.#closed = true
  }

  /** Fetches the value. It never rejects: failures are in `error`. */
  load(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    if (this.#running) {
      this.#again = true
      return this.#running
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /**
   * Fetches the value because it has changed, at once if that is cheap. Reading a list of 50,000 feeds blocks the page, so
   * it may take at most a tenth of the time, and all changes in between lead to one fetch.
   */
  async soon(): Promise<void> {
    if (this.#soon) return
    this.#soon = true
    await this.#running
    const rest = this.#ended + Math.min(REST * this.#took, LONGEST_REST) - performance.now()
    if (this.#took > LONG && rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
    this.#soon = false
    await this.load()
  }

  async #run(): Promise<void> {
    this.#loading = true
    do {
      this.#again = false
      const began = performance.now()
      try {
        this.set(await this.#fetch())
      } catch (thrown) {
        this.#error = messageOf(thrown)
      }
      this.#ended = performance.now()
      this.#took = this.#ended - began
    } while (this.#again && !this.#closed)
    this.#loading = false
  }
}
