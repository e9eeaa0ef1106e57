// A layout with one large tile whose share of the wall is chosen. Pure.

import { area, block, GAP, part, PICTURE, span, turned, whole, type Rect, type Shape } from './geometry'

/** The shares of the wall that a large tile can have. */
export const LEAST_RATIO = 0.4
export const MOST_RATIO = 0.85
/** The shares that a key switches through. */
export const RATIOS: readonly number[] = [0.5, 0.6, 0.67, 0.75, 0.8]

/** The smallest width of a tile in which something can be seen, in pixels. */
const SMALLEST = 40

type Spotlight = Exclude<Shape, { kind: 'grid' }>

/**
 * The share of the height that a large tile in a corner has if it has this share of the width: in the grid without a
 * chosen ratio it is size/columns wide and size/rows high.
 */
export const heightShare = ({ columns, rows, size }: Shape & { kind: 'corner' }, ratio: number): number =>
  ratio ** (Math.log(size / rows) / Math.log(size / columns))
/** The inverse of heightShare. */
export const widthShare = ({ columns, rows, size }: Shape & { kind: 'corner' }, share: number): number =>
  share ** (Math.log(size / columns) / Math.log(size / rows))

/**
 * One large tile, whose cell takes the given share of the window, and m small ones in the rest. All are 16:9 and close to
 * the edge between them. undefined if the small ones would be too small.
 */
export function spotlightAt(
  shape: Spotlight,
  m: number,
  ratio: number,
  W: number,
  H: number,
): Rect[] | undefined {
  const share = Math.min(MOST_RATIO, Math.max(LEAST_RATIO, ratio))
  let rects: Rect[]
  if (shape.kind === 'corner') rects = corner(shape, share, W, H)
  else if (shape.kind === 'beside') rects = beside(m, share, W, H, PICTURE)
  else rects = beside(m, share, H, W, 1 / PICTURE).map(turned)
  return rects.length > m && rects.every((r) => r.w >= SMALLEST) ? rects : undefined
}

/** The small tiles on the right, in as many columns as leave the least area unused. The caller transposes it. */
function beside(m: number, ratio: number, W: number, H: number, picture: number): Rect[] {
  const split = Math.round(ratio * W)
  const large = { w: whole(Math.min(split - GAP / 2, H * picture)), h: 0 }
  large.h = whole(large.w / picture)
  const at = { x: split - GAP / 2 - large.w, y: whole((H - large.h) / 2), ...large }
  let best: Rect[] = []
  for (let lines = 1; lines <= m; lines++) {
    const rows = Math.ceil(m / lines)
    const room = Math.min(part(lines, W - split - GAP / 2), part(rows, H) * picture, large.w)
    const w = whole(room)
    const small = block(lines, m, w, whole(w / picture), split + GAP / 2, 0, span(lines, w), H)
    if (area(small) > area(best)) best = small
  }
  return [at, ...best]
}

/** The small tiles on the right and below. */
function corner(
  { columns, rows, size, ...shape }: Shape & { kind: 'corner' },
  ratio: number,
  W: number,
  H: number,
): Rect[] {
  const right = Math.round(ratio * W)
  const below = Math.round(heightShare({ columns, rows, size, ...shape }, ratio) * H)
  const w = whole(Math.min(right - GAP / 2, (below - GAP / 2) * PICTURE))
  const h = whole(w / PICTURE)
  const large = { x: right - GAP / 2 - w, y: below - GAP / 2 - h, w, h }
  const small = whole(
    Math.min(
      part(columns - size, W - right - GAP / 2),
      part(size, below - GAP / 2) * PICTURE,
      part(columns, W),
      part(rows - size, H - below - GAP / 2) * PICTURE,
      w,
    ),
  )
  const high = whole(small / PICTURE)
  const beside = { w: span(columns - size, small), h: span(size, high) }
  const under = { w: span(columns, small), h: span(rows - size, high) }
  const [left, end] = [large.x, right + GAP / 2 + beside.w]
  // Below, the tiles are in the middle of those above them, but within the window.
  const x = Math.min(W - under.w, whole(left + (end - left - under.w) / 2))
  return [
    large,
    ...block(
      columns - size,
      size * (columns - size),
      small,
      high,
      right + GAP / 2,
      below - GAP / 2 - beside.h,
      beside.w,
      beside.h,
    ),
    ...block(columns, columns * (rows - size), small, high, x, below + GAP / 2, under.w, under.h),
  ]
}
