import { messageOf, type Client } from '../api'
import type { Tried } from '../sources/report'

/** A dry run of a source file or of a text. It saves nothing. */
export class DryRun {
  #client: Client
  #name = $state('')
  #startedAt = $state(0)
  #running = $state(false)
  #tried = $state.raw<Tried | undefined>(undefined)
  #error = $state('')
  /** Counts runs, so that late answers to older ones are ignored. */
  #run = 0

  constructor(client: Client) {
    this.#client = client
  }

  get name(): string {
    return this.#name
  }
  get running(): boolean {
    return this.#running
  }
  /** ms since 1970. */
  get startedAt(): number {
    return this.#startedAt
  }
  /** The result of the last run; undefined during a run, and if the text was refused. */
  get tried(): Tried | undefined {
    return this.#tried
  }
  /** Why there was no run: the text has errors, or the server does not respond. */
  get error(): string {
    return this.#error
  }
  get shown(): boolean {
    return this.#running || this.#tried !== undefined || this.#error !== ''
  }

  /** Starts a run. An empty `text` tests the saved file; `list` is an M3U list that the text refers to and that is not saved yet. */
  async start(key: string, name: string, kind: string, text: string, list?: string): Promise<void> {
    const run = ++this.#run
    this.#name = name
    this.#startedAt = Date.now()
    this.#running = true
    this.#tried = undefined
    this.#error = ''
    try {
      const trial = await this.#client.testSource(key, text === '' ? undefined : { text, list })
      if (run !== this.#run) return
      this.#tried = { name, kind, at: new Date(this.#startedAt), took: Date.now() - this.#startedAt, trial }
    } catch (thrown) {
      if (run !== this.#run) return
      this.#error = messageOf(thrown)
    }
    this.#running = false
  }

  /** Clears the result; the answer of a pending run is ignored. */
  clear(): void {
    this.#run++
    this.#running = false
    this.#tried = undefined
    this.#error = ''
  }
}
