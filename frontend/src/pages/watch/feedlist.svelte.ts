import { SvelteSet } from 'svelte/reactivity'
import type { Stream } from '$lib/api'
import { beginning, indexOf, MOST_ROWS } from '$lib/grid/feeds'

const NONE: Stream[] = []

/** The number of rows drawn right after a key press; the others follow after PAUSE ms without another. */
const FIRST_ROWS = 24
const PAUSE = 120

/** The state of the list of feeds: the query, expanded groups and the number of rows. */
export class FeedList {
  #query = $state('')
  #most = $state(MOST_ROWS)
  /** Whether the user is typing, so that the rows further down can wait. */
  #typing = $state(false)
  #pause: ReturnType<typeof setTimeout> | undefined
  /** The groups that the user collapsed or expanded, with and without a query. */
  #toggled = new SvelteSet<string>()
  #streams: () => Stream[] | undefined
  readonly #index = $derived.by(() => indexOf(this.#streams() ?? NONE))
  readonly #found = $derived.by(() =>
    this.#index.find(this.#query, this.#most, (key) => this.#toggled.has(this.#sign(key))),
  )
  readonly #drawn = $derived.by(() => (this.#typing ? beginning(this.#found, FIRST_ROWS) : this.#found))
  readonly #shown = $derived.by(() => this.#found.groups.reduce((n, g) => n + g.feeds.length, 0))

  constructor(streams: () => Stream[] | undefined) {
    this.#streams = streams
  }

  get query(): string {
    return this.#query
  }
  set query(query: string) {
    if (query === this.#query) return
    this.#query = query
    this.#most = MOST_ROWS
    this.#typing = true
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => (this.#typing = false), PAUSE)
  }
  get found() {
    return this.#found
  }
  /** The part that is drawn. */
  get drawn() {
    return this.#drawn
  }
  /** The number of matches that are shown. */
  get shown(): number {
    return this.#shown
  }
  /** Among all feeds. */
  get size(): number {
    return this.#index.size
  }
  /** The feed that Enter opens. */
  get first(): Stream | undefined {
    return this.#found.groups.find((g) => g.open)?.feeds[0]
  }

  /** Collapses or expands a group. */
  toggle(key: string): void {
    const sign = this.#sign(key)
    if (!this.#toggled.delete(sign)) this.#toggled.add(sign)
  }
  more(): void {
    this.#most += MOST_ROWS
  }

  #sign(key: string): string {
    return (this.#query === '' ? '' : '?') + key
  }
}
