import { placeAt } from '$lib/grid/neighbour'
import type { Feed, Tile } from '$lib/player/tile.svelte'
import type { Wall } from '$lib/state/wall.svelte'

/** How far the pointer must move before a press becomes a drag, in px. */
const THRESHOLD = 6
/** Elements of a tile that handle the pointer themselves. */
const CONTROLS = 'button, input, select, a, dialog, [role="menu"], [role="slider"], [popover]'

/** What is dragged: a tile, or a feed of the list. */
type Dragged = { tile: Tile; feed?: undefined } | { feed: Feed; tile?: undefined }

/**
 * Drags a tile onto another to swap them, or a feed from the list onto a tile to show it there. Pointer events, so that touch
 * works, too.
 */
export class Drag {
  #wall: Wall
  #grid: HTMLElement | undefined
  #dragged = $state.raw<Dragged | undefined>(undefined)
  #over = $state(-1)
  #x = $state(0)
  #y = $state(0)
  #end: (() => void) | undefined

  constructor(wall: Wall) {
    this.#wall = wall
  }

  get active(): boolean {
    return this.#dragged !== undefined
  }
  /** The tile that is dragged. */
  get tile(): Tile | undefined {
    return this.#dragged?.tile
  }
  /** The title of what is dragged. */
  get title(): string {
    return (this.#dragged?.tile ?? this.#dragged?.feed)?.title ?? ''
  }
  /** The position under the pointer where it would be dropped; -1 for none. */
  get over(): number {
    return this.#over
  }
  /** The pointer's position, in px from the corner of the window. */
  get x(): number {
    return this.#x
  }
  get y(): number {
    return this.#y
  }

  /** Registers the element in which the tiles are placed, while it exists. */
  grid(el: HTMLElement): () => void {
    this.#grid = el
    return () => {
      this.#grid = undefined
      this.#end?.()
    }
  }

  /** Handles a press on a tile. */
  pressTile(e: PointerEvent, tile: Tile): void {
    if (document.fullscreenElement || (e.target as Element).closest(CONTROLS)) return
    this.#press(e, { tile })
  }
  /** Handles a press on a feed of the list. A finger scrolls the list. */
  pressFeed(e: PointerEvent, feed: Feed): void {
    if (e.pointerType === 'mouse') this.#press(e, { feed })
  }

  #press(e: PointerEvent, what: Dragged): void {
    if (e.button !== 0 || !e.isPrimary) return
    this.#end?.()
    const { clientX, clientY, pointerId } = e
    const listening = new AbortController()
    const signal = listening.signal
    this.#end = () => {
      listening.abort()
      this.#dragged = undefined
      this.#over = -1
    }
    const moved = (m: PointerEvent) => {
      if (m.pointerId !== pointerId) return
      const [dx, dy] = [m.clientX - clientX, m.clientY - clientY]
      if (!this.#dragged && Math.hypot(dx, dy) < THRESHOLD) return
      this.#dragged = what
      this.#x = m.clientX
      this.#y = m.clientY
      this.#over = this.#placeUnder(what)
    }
    const up = (m: PointerEvent) => {
      if (m.pointerId !== pointerId) return
      const [dragged, over] = [this.active, this.#over]
      this.#end?.()
      if (!dragged) return
      swallowClick()
      this.#drop(what, over)
    }
    const key = (k: KeyboardEvent) => {
      if (k.key !== 'Escape' || !this.active) return
      k.stopPropagation()
      this.#end?.()
    }
    window.addEventListener('pointermove', moved, { signal })
    window.addEventListener('pointerup', up, { signal })
    window.addEventListener('pointercancel', () => this.#end?.(), { signal })
    window.addEventListener('keydown', key, { signal, capture: true })
  }

  /** The position under the pointer that takes it: another tile, and for a feed also an empty place. */
  #placeUnder(what: Dragged): number {
    const box = this.#grid?.getBoundingClientRect()
    if (!box) return -1
    const place = placeAt(this.#wall.arrangement.rects, this.#x - box.left, this.#y - box.top)
    const there = this.#wall.tiles[place]
    if (what.feed) return there?.id === what.feed.id ? -1 : place
    return there && there !== what.tile ? place : -1
  }

  #drop(what: Dragged, place: number): void {
    const there = this.#wall.tiles[place]
    if (what.tile) {
      if (there) this.#wall.swap(what.tile.id, there.id)
    } else if (there) this.#wall.change(there.id, what.feed)
    else if (place >= 0) this.#wall.open(what.feed)
  }
}

/** Suppresses the click that follows the end of a drag. */
function swallowClick(): void {
  const swallow = (e: Event) => e.stopPropagation()
  window.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }))
}
