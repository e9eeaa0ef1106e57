// Rectangles of the wall. Pure.

/** Pixels between two tiles. */
export const GAP = 4
/** The width of a picture divided by its height. */
export const PICTURE = 16 / 9

/** In whole pixels from the upper left corner of the wall. */
export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

/** How tiles are arranged: in a grid, or around a large one of size×size cells in the corner of one, beside it or below it. */
export type Shape =
  | { kind: 'grid'; columns: number; rows: number }
  | { kind: 'corner'; columns: number; rows: number; size: number }
  | { kind: 'beside' }
  | { kind: 'below' }

/** A block of n tiles of w×h in columns, centred in a window at x, y. An incomplete last row is centred. */
export function block(
  cols: number,
  n: number,
  w: number,
  h: number,
  x: number,
  y: number,
  W: number,
  H: number,
): Rect[] {
  const rows = Math.ceil(n / cols)
  const top = y + whole((H - rows * h - (rows - 1) * GAP) / 2)
  return Array.from({ length: n }, (_, i) => {
    const row = Math.floor(i / cols)
    const inRow = Math.min(cols, n - row * cols)
    const left = x + whole((W - inRow * w - (inRow - 1) * GAP) / 2)
    return { x: left + (i - row * cols) * (w + GAP), y: top + row * (h + GAP), w, h }
  })
}

/** The size of n tiles in a row, with the gaps between them. */
export const span = (n: number, size: number): number => n * size + (n - 1) * GAP
/** The room for each of n tiles in a row. */
export const part = (n: number, room: number): number => (room - (n - 1) * GAP) / n

export const turned = (r: Rect): Rect => ({ x: r.y, y: r.x, w: r.h, h: r.w })
export const area = (rects: readonly Rect[]): number => rects.reduce((sum, r) => sum + r.w * r.h, 0)
export const whole = (v: number): number => Math.max(0, Math.floor(v))
