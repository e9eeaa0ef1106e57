import {
  arranged,
  fitting,
  isLayout,
  isSpotlight,
  LAYOUTS,
  PLACES,
  spotlightFor,
  type Arranged,
  type Layout,
  type Rect,
} from '../../grid/arrange'
import { UNSHAPED, type Edge, type Shaping } from '../../grid/edges'
import { placesOf, type WaitingTile } from '../../grid/named'
import { neighbour, type Direction } from '../../grid/neighbour'
import { RATIOS } from '../../grid/spotlight'

/** The arrangement of the tiles: the chosen layout, the edges that were moved, the effective layout and its positions. */
export class Arrangement {
  #chosen = $state<Layout | null>(null)
  /** Whether all tiles have been closed since a layout was chosen. */
  #emptied = false
  #shaping = $state.raw<Shaping>(UNSHAPED)
  #size = $state.raw({ w: 0, h: 0 })
  #tight = $state(false)
  #tiles: () => number
  #waiting: () => readonly WaitingTile[]
  #preferred: () => unknown
  #arranged: Arranged
  /** The positions that wait for a feed. */
  #gaps: number[]
  #rects: Rect[]

  /**
   * `tiles` returns the number of tiles, `preferred` the layout of the settings, `waiting` the positions that wait for a
   * feed.
   */
  constructor(
    tiles: () => number,
    preferred: () => unknown,
    waiting: () => readonly WaitingTile[] = () => [],
  ) {
    this.#tiles = tiles
    this.#waiting = waiting
    this.#preferred = preferred
    this.#arranged = $derived(arranged(this.shown, this.#count(), this.#size.w, this.#size.h, this.#shaping))
    this.#gaps = $derived(placesOf(waiting(), this.#arranged.rects.length))
    this.#rects = $derived(this.#arranged.rects.filter((_, i) => !this.#gaps.includes(i)))
  }

  /** The number of tiles, with those that wait. */
  #count(): number {
    return this.#tiles() + this.#waiting().length
  }

  /** null: as in the settings. */
  get chosen(): Layout | null {
    return this.#chosen
  }
  choose(layout: Layout | null): void {
    this.#chosen = layout
    this.#emptied = false
  }
  /** The chosen layout for a session's feeds; null if it was chosen for feeds that have all been closed since. */
  get forSession(): Layout | null {
    return this.#emptied ? null : this.#chosen
  }
  /** The tiles have changed. */
  changed(): void {
    this.#emptied = this.#tiles() === 0
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
  /** The positions: those of the tiles, then the empty ones; without those that wait. */
  get rects(): Rect[] {
    return this.#rects
  }
  /** The positions of the waiting tiles, in their order. */
  get waitingRects(): Rect[] {
    return this.#gaps.flatMap((i) => this.#arranged.rects[i] ?? [])
  }
  /** Where a tile goes among the others when the waiting tile with this index becomes one. */
  indexOfWaiting(i: number): number {
    return Math.min((this.#gaps[i] ?? Infinity) - i, this.#tiles())
  }
  /** The position of a tile among all, with those that wait. */
  placeOf(tile: number): number {
    return this.#arranged.rects.findIndex((r) => r === this.#rects[tile])
  }
  /** The edges between the tiles that can be moved. */
  get edges(): Edge[] {
    return this.#arranged.edges
  }

  /** The edges that were moved. */
  get shaping(): Shaping {
    return this.#shaping
  }
  shape(shaping: Shaping): void {
    this.#shaping = shaping
  }
  /** The large tile's chosen share of the wall; null for none. */
  get ratio(): number | null {
    return this.#shaping.ratio
  }
  /** Chooses the large tile's share; a layout without a large tile changes to one that has it. */
  setRatio(ratio: number | null): void {
    if (!isSpotlight(this.shown)) this.choose(spotlightFor(Math.max(this.#count(), PLACES['1+2'])))
    this.#shaping = { ...this.#shaping, ratio }
  }
  /** Switches to a layout with a large tile, or chooses the next share for it. */
  nextRatio(): void {
    if (!isSpotlight(this.shown)) return this.setRatio(this.ratio)
    const last = this.ratio ?? 0
    this.setRatio(RATIOS.find((r) => r > last + 0.004) ?? null)
  }
  /** Moves an edge to a position, as a share of the wall. */
  moveEdge(edge: Edge, to: number): void {
    const shaping = edge.move(this.#shaping, to)
    // The automatic layout chooses the share of a large tile itself.
    if (shaping.ratio !== this.ratio) this.setRatio(shaping.ratio)
    this.#shaping = shaping
  }
  resetEdge(edge: Edge): void {
    this.#shaping = edge.reset(this.#shaping)
  }

  /** Whether a layout has enough positions for the tiles. */
  fits(layout: Layout): boolean {
    return layout === 'auto' || PLACES[layout] >= this.#count()
  }
  /** Chooses the next layout that fits, and returns it. Of those with a large tile, only the smallest has its turn. */
  next(): Layout | undefined {
    const spotlight = spotlightFor(this.#count())
    const usable = LAYOUTS.filter((l) => (isSpotlight(l) ? l === spotlight : this.fits(l)))
    const next = usable[(usable.indexOf(this.shown) + 1) % usable.length]
    if (next) this.choose(next)
    return next
  }

  /** The position of the tile next to this one in a direction; the same at the edge. */
  neighbour(place: number, direction: Direction): number {
    return neighbour(this.rects.slice(0, this.#tiles()), place, direction)
  }

  /** The size of the wall, in CSS px; 0 before it is known. */
  get size(): { readonly w: number; readonly h: number } {
    return this.#size
  }
  setSize(w: number, h: number): void {
    if (w > 0 && h > 0) this.#size = { w: Math.floor(w), h: Math.floor(h) }
  }
  /** Sets whether empty positions are left out, as on a full-screen wall. */
  setTight(on: boolean): void {
    this.#tight = on
  }
}
