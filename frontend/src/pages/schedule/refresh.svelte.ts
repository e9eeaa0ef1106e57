import type { App } from '$lib/state/app.svelte'

/** Fetches the calendar again, which takes as long as its servers do. */
export class Refresh {
  #app: Pick<App, 'act' | 'client' | 'schedule' | 'notices'>
  #running = $state(false)

  constructor(app: Pick<App, 'act' | 'client' | 'schedule' | 'notices'>) {
    this.#app = app
  }

  get running(): boolean {
    return this.#running
  }

  /** Fetches and shows the result; errors of single calendars are shown beside the button. */
  async run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    await this.#app.act(async () => {
      const fresh = await this.#app.client.refreshSchedule()
      this.#app.schedule.set(fresh)
      const n = fresh.events.length
      if (fresh.error === null) {
        this.#app.notices.show('done', `Calendar updated: ${n} ${n === 1 ? 'event' : 'events'}.`)
      } else this.#app.notices.show('warning', 'The calendar could not be updated completely.')
    })
    this.#running = false
  }
}
