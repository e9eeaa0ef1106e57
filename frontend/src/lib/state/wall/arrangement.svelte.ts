import { arrange, fitting, isLayout, LAYOUTS, PLACES, type Layout, type Rect } from '../../grid/arrange'
import { neighbour, type Direction } from '../../grid/neighbour'

/** The arrangement of the tiles: the chosen layout, the effective layout and its positions. */
export class Arrangement {
  #chosen = $state<Layout | null>(null)
  #size = $state.raw({ w: 0, h: 0 })
  #tight = $state(false)
  #count: () => number
  #preferred: () => unknown
  #rects: Rect[]

  /** `count` returns the number of tiles, `preferred` the layout of the settings. */
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
  /** The chosen layout, or that of the settings. */
  get layout(): Layout {
    const preferred = this.#preferred()
    return this.#chosen ?? (isLayout(preferred) ? preferred : 'auto')
  }
  /** The effective layout: one with too few positions grows. */
  get shown(): Layout {
    const taken = fitting(this.layout, this.#count())
    return this.#tight && taken !== 'auto' && PLACES[taken] > this.#count() ? 'auto' : taken
  }
  /** The positions: those of the tiles, then the empty ones. */
  get rects(): Rect[] {
    return this.#rects
  }

  /** Whether a layout has enough positions for the tiles. */
  fits(layout: Layout): boolean {
    return layout === 'auto' || PLACES[layout] >= this.#count()
  }
  /** Chooses the next layout that fits, and returns it. */
  next(): Layout | undefined {
    const usable = LAYOUTS.filter((l) => this.fits(l))
    const next = usable[(usable.indexOf(this.shown) + 1) % usable.length]
    if (next) this.choose(next)
    return next
  }

  /** The position of the tile next to this one in a direction; the same at the edge. */
  neighbour(place: number, direction: Direction): number {
    return neighbour(this.#rects.slice(0, this.#count()), place, direction)
  }

  /** The size of the wall, in CSS px. */
  setSize(w: number, h: number): void {
    if (w > 0 && h > 0) this.#size = { w: Math.floor(w), h: Math.floor(h) }
  }
  /** Sets whether empty positions are left out, as on a full-screen wall. */
  setTight(on: boolean): void {
    this.#tight = on
  }
}
