export const PAGES = ['schedule', 'watch', 'sources', 'settings'] as const
export type Page = (typeof PAGES)[number]

const isPage = (s: string): s is Page => (PAGES as readonly string[]).includes(s)

/** The current page and its query, read from the fragment of the address: #/watch?live=1. */
export class Route {
  #page = $state<Page>('schedule')
  #query = $state.raw(new URLSearchParams())

  get page(): Page {
    return this.#page
  }
  get query(): URLSearchParams {
    return this.#query
  }

  /** Reads an address. Returns false, and changes nothing, if it names no page. */
  read(hash: string): boolean {
    const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
    if (!isPage(path)) return false
    this.#page = path
    this.#query = new URLSearchParams(query)
    return true
  }

  /** Goes to a page at once, so that a key pressed before the browser reports the new address belongs to the new page. */
  go(page: Page, query: Record<string, string> = {}): void {
    location.hash = href(page, query)
    this.read(location.hash)
  }

  /** Removes the query after it was handled, so that a reload does not repeat it. */
  clearQuery(): void {
    if (this.#query.size > 0) history.replaceState(null, '', href(this.#page))
    this.#query = new URLSearchParams()
  }

  listen(): () => void {
    const changed = () => this.read(location.hash)
    window.addEventListener('hashchange', changed)
    changed()
    return () => window.removeEventListener('hashchange', changed)
  }
}

/** The address of a page. */
export function href(page: Page, query: Record<string, string> = {}): string {
  const q = new URLSearchParams(query).toString()
  return `#/${page}${q === '' ? '' : '?' + q}`
}
