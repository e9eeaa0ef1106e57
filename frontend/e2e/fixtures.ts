import { test as base, expect, type Page } from '@playwright/test'
import { Gridwall } from './gridwall'

/** Collects unexpected errors of a page. */
class Guard {
  readonly #found: string[] = []
  #allowed: RegExp[] = []

  constructor(page: Page) {
    page.on('console', (m) => {
      if (m.type() === 'error' || m.type() === 'warning')
        this.#found.push(`console ${m.type()}: ${m.text()} (${m.location().url})`)
    })
    page.on('pageerror', (e) => this.#found.push(`thrown: ${e.stack ?? e.message}`))
    page.on('request', (r) => {
      const url = new URL(r.url())
      if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1')
        this.#found.push(`left this machine: ${r.url()}`)
    })
  }
  /** Allows console messages that the test expects because it breaks something. */
  allow(...what: RegExp[]): void {
    this.#allowed.push(...what)
  }
  get found(): string[] {
    return this.#found.filter((f) => !this.#allowed.some((a) => a.test(f)))
  }
}

/** The console messages about broken connections. */
export const BROKEN = [/net::ERR_/, /status of 50[0-9]/, /\[error\] > .*network/i]

/** The console message for a link in which no source was found, because the browser logs the error answer. */
export const REFUSED = /sources\/guess/

export const test = base.extend<{ demo: boolean; gridwall: Gridwall; guard: Guard }>({
  /** Whether the program has its demo: four feeds with token lifetimes of 30 s, and a calendar. */
  demo: [true, { option: true }],
  gridwall: async ({ demo }, use, info) => {
    const g = new Gridwall(demo)
    await g.start()
    await use(g)
    if (info.status !== info.expectedStatus) await info.attach('gridwall.log', { body: g.log })
    await g.remove()
  },
  baseURL: async ({ gridwall }, use) => use(gridwall.url),
  guard: [
    async ({ page }, use) => {
      const guard = new Guard(page)
      await use(guard)
      expect(guard.found, 'no console errors, and no requests to other machines').toEqual([])
    },
    { auto: true },
  ],
})
export { expect }
