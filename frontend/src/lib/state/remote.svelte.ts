import { onDestroy } from 'svelte'
import { messageOf } from '../api'

/** A fetch that takes longer than this, in ms, is not repeated at once when something changes. */
const LONG = 200
/** The pause after such a fetch, as a multiple of its duration, and the maximum, in ms. */
const REST = 9
const LONGEST_REST = 30_000

/** A Remote of a component: its fetch may read props, so it must not run after the component is destroyed. */
export function remoteOf<T>(fetch: () => Promise<T>): Remote<T> {
  const remote = new Remote(fetch)
  onDestroy(() => remote.close())
  return remote
}

/**
 * A value of the server. The last value stays while a new one is fetched, and when fetching fails. Calls
 * during a fetch are served by one more fetch, so that no answer is older than its call.
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

  /** Sets a value that came in another way, such as the answer to a change. */
  set(value: T): void {
    this.#value = value
    this.#error = ''
  }

  /** Stops fetching; a running fetch may finish. */
  close(): void {
    this.#closed = true
  }

  /** Fetches; never rejects. */
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
   * Fetches because something has changed: at once if that is cheap. A list of 50,000 blocks the page whenever it
   * is read, so it is read for at most a tenth of the time, and changes in between are served by one fetch.
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
