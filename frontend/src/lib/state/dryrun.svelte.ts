import { messageOf, type Client } from '../api'
import type { Tried } from '../sources/report'

/** A dry run of a source's file or of a text: nothing is saved by it. */
export class DryRun {
  #client: Client
  #name = $state('')
  #startedAt = $state(0)
  #running = $state(false)
  #tried = $state.raw<Tried | undefined>(undefined)
  #error = $state('')
  /** Answers of other runs than the newest are ignored. */
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
  /** How the last run ended; undefined while one runs, and when the text itself was refused. */
  get tried(): Tried | undefined {
    return this.#tried
  }
  /** Why there was no run: the text is wrong, the server is away. */
  get error(): string {
    return this.#error
  }
  get shown(): boolean {
    return this.#running || this.#tried !== undefined || this.#error !== ''
  }

  /** text "": the file as it is saved. list: an M3U list that the text names, and that is not saved yet. */
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

  /** Forgets the run; the answer of one that still runs is ignored. */
  clear(): void {
    this.#run++
    this.#running = false
    this.#tried = undefined
    this.#error = ''
  }
}
