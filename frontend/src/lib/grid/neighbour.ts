import type { Rect } from './arrange'

export type Direction = 'left' | 'right' | 'up' | 'down'

const AXES: Record<Direction, [number, number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
}

/** The position next to position i in a direction; i itself at the edge. */
export function neighbour(rects: Rect[], i: number, direction: Direction): number {
  const from = rects[i]
  if (!from) return i
  const [dx, dy] = AXES[direction]
  let found = i
  let nearest = Infinity
  rects.forEach((to, k) => {
    if (k === i) return
    // The distance between the facing edges of the two; negative if `to` does not lie in this direction.
    const ahead = dx !== 0 ? gap(from.x, from.w, to.x, to.w, dx) : gap(from.y, from.h, to.y, to.h, dy)
    if (ahead < 0) return
    const aside = dx !== 0 ? apart(from.y, from.h, to.y, to.h) : apart(from.x, from.w, to.x, to.w)
    const centre = Math.hypot(to.x + to.w / 2 - from.x - from.w / 2, to.y + to.h / 2 - from.y - from.h / 2)
    // Tiles that overlap on the other axis come first, then nearer ones.
    const distance = aside * 1000 + ahead * 10 + centre / 100
    if (distance < nearest) {
      nearest = distance
      found = k
    }
  })
  return found
}

const gap = (a: number, aSize: number, b: number, bSize: number, sign: number) =>
  sign > 0 ? b - a - aSize : a - b - bSize
const apart = (a: number, aSize: number, b: number, bSize: number) =>
  Math.max(0, Math.max(a, b) - Math.min(a + aSize, b + bSize))

/** The position under a point; -1 if there is none. */
export function placeAt(rects: Rect[], x: number, y: number): number {
  return rects.findIndex((r) => x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h)
}
