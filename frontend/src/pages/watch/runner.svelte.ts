import { messageOf } from '$lib/api'
import type { App } from '$lib/state/app.svelte'

/** The demo's source. */
export const DEMO = { key: 'demo', text: 'name = "Demo"\nkind = "demo"\n' }

/** Runs the sources, and adds the demo on a first start. */
export class SourceRunner {
  #app: App
  #busy = $state(false)

  constructor(app: App) {
    this.#app = app
  }

  get busy(): boolean {
    return this.#busy
  }
  /** The progress of the run, as text. */
  get progress(): string {
    const all = (this.#app.sources.value?.sources ?? []).filter((s) => s.enabled)
    const running = all.filter((s) => s.running)
    if (all.length < 2 || running.length === 0) return 'Looking for feeds…'
    return `Looking for feeds… ${all.length - running.length} of ${all.length} sources done`
  }

  /** Runs all sources. */
  async runAll(): Promise<void> {
    await this.#run(async () => {
      const { count, failed } = await this.#app.client.extract('')
      const names = failed.map((f) => f.key).join(', ')
      if (failed.length > 0)
        this.#app.notices.show('warning', `${feeds(count)}. Failed: ${names}. See Sources for the reason.`)
      else this.#app.notices.show('done', `${feeds(count)}.`)
    })
  }

  /** Adds the demo and finds its feeds. */
  async tryDemo(): Promise<void> {
    await this.#run(async () => {
      await this.#app.client.putSource(DEMO.key, { text: DEMO.text })
      await this.#app.client.extract(DEMO.key)
    })
  }

  async #run(what: () => Promise<void>): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      await what()
    } catch (thrown) {
      this.#app.notices.show('error', messageOf(thrown))
    } finally {
      await Promise.all([this.#app.streams.load(), this.#app.sources.load(), this.#app.schedule.load()])
      this.#busy = false
    }
  }
}

const feeds = (n: number) => (n === 1 ? '1 feed found' : `${n.toLocaleString('en')} feeds found`)
