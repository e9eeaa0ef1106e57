import { arrange, fitting, isLayout, LAYOUTS, PLACES, type Layout, type Rect } from '../../grid/arrange'
import { neighbour, type Direction } from '../../grid/neighbour'

/** How the tiles are arranged: the layout that was chosen, the one that they take, and its places. */
export class Arrangement {
  #chosen = $state<Layout | null>(null)
  #size = $state.raw({ w: 0, h: 0 })
  #tight = $state(false)
  #count: () => number
  #preferred: () => unknown
  #rects: Rect[]

  /** `count`: how many tiles there are; `preferred`: the layout that the settings say. */
  constructor(count: () => number, preferred: () => unknown) {
    this.#count = count
    this.#preferred = preferred
    this.#rects = $derived(arrange(this.shown, count(), this.#size.w, this.#size.h))
  }

  /** null: as in the settings. */
  get chosen(): Layout | null {
    return this.#chosen
  }
  choose(layout: Layout | null): void {
    this.#chosen = layout
  }
  /** The layout that was chosen, or that the settings say. */
  get layout(): Layout {
    const preferred = this.#preferred()
    return this.#chosen ?? (isLayout(preferred) ? preferred : 'auto')
  }
  /** The layout that the tiles take: one with too few places grows. */
  get shown(): Layout {
    const taken = fitting(this.layout, this.#count())
    return this.#tight && taken !== 'auto' && PLACES[taken] > this.#count() ? 'auto' : taken
  }
  /** The places: those of the tiles, then the empty ones. */
  get rects(): Rect[] {
    return this.#rects
  }

  /** Whether a layout has places enough for the tiles. */
  fits(layout: Layout): boolean {
    return layout === 'auto' || PLACES[layout] >= this.#count()
  }
  /** Chooses the next that fits, and returns it. */
  next(): Layout | undefined {
    const usable = LAYOUTS.filter((l) => this.fits(l))
    const next = usable[(usable.indexOf(this.shown) + 1) % usable.length]
    if (next) this.choose(next)
    return next
  }

  /** The place of the tile next to this one in a direction; the same at the edge. */
  neighbour(place: number, direction: Direction): number {
    return neighbour(this.#rects.slice(0, this.#count()), place, direction)
  }

  /** The room for all of it, in CSS px. */
  setSize(w: number, h: number): void {
    if (w > 0 && h > 0) this.#size = { w: Math.floor(w), h: Math.floor(h) }
  }
  /** No empty places: the wall alone shows pictures and nothing else. */
  setTight(on: boolean): void {
    this.#tight = on
  }
}
