import { SvelteSet } from 'svelte/reactivity'
import type { Stream } from '$lib/api'
import { beginning, indexOf, MOST_ROWS } from '$lib/grid/feeds'

const NONE: Stream[] = []

/** How many rows answer a key at once; the others follow when nothing was typed for PAUSE ms. */
const FIRST_ROWS = 24
const PAUSE = 120

/** The list of feeds as it is looked through: what is searched, which groups are open, how many rows are drawn. */
export class FeedList {
  #query = $state('')
  #most = $state(MOST_ROWS)
  /** Whether somebody types, for whom the rows further down are of no use yet. */
  #typing = $state(false)
  #pause: ReturnType<typeof setTimeout> | undefined
  /** The groups that were folded, or opened, by hand: while something is searched, and while not. */
  #turned = new SvelteSet<string>()
  #streams: () => Stream[] | undefined
  readonly #index = $derived.by(() => indexOf(this.#streams() ?? NONE))
  readonly #found = $derived.by(() =>
    this.#index.find(this.#query, this.#most, (key) => this.#turned.has(this.#sign(key))),
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
  /** What is drawn of it now. */
  get drawn() {
    return this.#drawn
  }
  /** How many feeds are shown of what was found. */
  get shown(): number {
    return this.#shown
  }
  /** Of all feeds. */
  get size(): number {
    return this.#index.size
  }
  /** What Enter opens. */
  get first(): Stream | undefined {
    return this.#found.groups.find((g) => g.open)?.feeds[0]
  }

  /** Folds a group, or opens it. */
  turn(key: string): void {
    const sign = this.#sign(key)
    if (!this.#turned.delete(sign)) this.#turned.add(sign)
  }
  more(): void {
    this.#most += MOST_ROWS
  }

  #sign(key: string): string {
    return (this.#query === '' ? '' : '?') + key
  }
}
