import { placeAt } from '$lib/grid/neighbour'
import type { Wall } from '$lib/state/wall.svelte'

/** How far the pointer must move before a press becomes a drag, in px. */
const THRESHOLD = 6
/** Elements of a tile that handle the pointer themselves. */
const CONTROLS = 'button, input, select, a, dialog, [role="menu"], [role="slider"], [popover]'

/** Drags a tile onto another to swap them. Pointer events, so that touch works, too. */
export class Drag {
  #wall: Wall
  #id = $state('')
  #over = $state(-1)
  #x = $state(0)
  #y = $state(0)
  #end: (() => void) | undefined

  constructor(wall: Wall) {
    this.#wall = wall
  }

  /** The tile that is dragged; "" for none. */
  get id(): string {
    return this.#id
  }
  /** The position under the pointer that it would move to; -1 for none. */
  get over(): number {
    return this.#over
  }
  /** The pointer's position, in px from the corner of the grid. */
  get x(): number {
    return this.#x
  }
  get y(): number {
    return this.#y
  }

  /** Handles a press on a tile. Positions are relative to the element `grid`. */
  press(e: PointerEvent, id: string, grid: HTMLElement): void {
    if (e.button !== 0 || !e.isPrimary || document.fullscreenElement) return
    if ((e.target as Element).closest(CONTROLS)) return
    this.#end?.()
    const { clientX, clientY, pointerId } = e
    const listening = new AbortController()
    const signal = listening.signal
    this.#end = () => {
      listening.abort()
      this.#id = ''
      this.#over = -1
    }
    const moved = (m: PointerEvent) => {
      if (m.pointerId !== pointerId) return
      const [dx, dy] = [m.clientX - clientX, m.clientY - clientY]
      if (this.#id === '' && Math.hypot(dx, dy) < THRESHOLD) return
      this.#id = id
      const box = grid.getBoundingClientRect()
      this.#x = m.clientX - box.left
      this.#y = m.clientY - box.top
      const over = placeAt(this.#wall.arrangement.rects, this.#x, this.#y)
      this.#over = over === this.#wall.place(id) || over >= this.#wall.tiles.length ? -1 : over
    }
    const up = (m: PointerEvent) => {
      if (m.pointerId !== pointerId) return
      const [dragged, other] = [this.#id !== '', this.#wall.tiles[this.#over]]
      this.#end?.()
      if (!dragged) return
      swallowClick()
      if (other) this.#wall.swap(id, other.id)
    }
    const key = (k: KeyboardEvent) => {
      if (k.key !== 'Escape' || this.#id === '') return
      k.stopPropagation()
      this.#end?.()
    }
    window.addEventListener('pointermove', moved, { signal })
    window.addEventListener('pointerup', up, { signal })
    window.addEventListener('pointercancel', () => this.#end?.(), { signal })
    window.addEventListener('keydown', key, { signal, capture: true })
  }
}

/** Suppresses the click that follows the end of a drag. */
function swallowClick(): void {
  const swallow = (e: Event) => e.stopPropagation()
  window.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }))
}
