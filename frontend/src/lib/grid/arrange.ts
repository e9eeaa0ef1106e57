// The arrangement of the tiles on the wall. Pure: tiles and a window in, rectangles out.

import { edgesOf, stretched, UNSHAPED, type Edge, type Shaping } from './edges'
import { area, block, GAP, part, PICTURE, span, turned, whole, type Rect, type Shape } from './geometry'
import { spotlightAt } from './spotlight'

export { GAP, type Rect } from './geometry'

export const LAYOUTS = [
  'auto',
  '1',
  '2',
  '1+2',
  '2x2',
  '1+3',
  '1+4',
  '1+5',
  '1+6',
  '1+7',
  '1+8',
  '3x3',
] as const
export type Layout = (typeof LAYOUTS)[number]
/** A layout with a fixed number of positions. */
export type Fixed = Exclude<Layout, 'auto'>

export const isLayout = (v: unknown): v is Layout => (LAYOUTS as readonly unknown[]).includes(v)

/** The number of positions of each layout. */
export const PLACES: Record<Fixed, number> = {
  '1': 1,
  '2': 2,
  '1+2': 3,
  '2x2': 4,
  '1+3': 4,
  '1+4': 5,
  '1+5': 6,
  '1+6': 7,
  '1+7': 8,
  '1+8': 9,
  '3x3': 9,
}

/** The maximum number of tiles on a wall. */
export const MOST_TILES = 9
/** The positions of the tiles, and the edges between them that can be moved. */
export interface Arranged {
  rects: Rect[]
  edges: Edge[]
}

/** Whether a layout has one large tile. */
export const isSpotlight = (layout: Layout): boolean => layout.startsWith('1+')

/** The layout of one large tile for n tiles. */
export const spotlightFor = (n: number): Layout =>
  LAYOUTS.find((l) => l !== 'auto' && isSpotlight(l) && PLACES[l] >= n) ?? '1+8'

/** The layouts of which one with too few positions becomes the next that has enough, if it has no large tile itself. */
const GROWTH: readonly Fixed[] = ['1', '2', '1+2', '2x2', '1+4', '1+5', '3x3']

/** The effective layout for n tiles: the chosen one, or the next with enough positions. A large tile stays large. */
export function fitting(layout: Layout, n: number): Layout {
  if (layout === 'auto' || PLACES[layout] >= n) return layout
  return isSpotlight(layout) ? spotlightFor(n) : (GROWTH.find((l) => PLACES[l] >= n) ?? '3x3')
}

/** The rectangles of arranged(). */
export const arrange = (layout: Layout, n: number, W: number, H: number, shaping = UNSHAPED): Rect[] =>
  arranged(layout, n, W, H, shaping).rects

/**
 * The rectangles of n tiles in a window of W×H pixels: 16:9, inside, separated by a gap, with the least unused area that
 * the layout allows. A layout with more positions than tiles returns the empty positions too, after those of the tiles.
 * `shaping` has the edges that the user moved: a large tile takes the chosen share of the window, and the cells of a grid
 * are as wide and as high as the user made them.
 */
export function arranged(
  layout: Layout,
  n: number,
  W: number,
  H: number,
  shaping: Shaping = UNSHAPED,
): Arranged {
  const taken = fitting(layout, n)
  const { shape, rects } = standard(taken, n, W, H)
  if (!shape || rects.length === 0 || W <= 0 || H <= 0) return { rects, edges: [] }
  if (shape.kind === 'grid') {
    const tracks = shaping.tracks[`${shape.columns}x${shape.rows}`]
    const cells = tracks ? stretched(shape, rects.length, tracks, W, H) : rects
    return { rects: cells, edges: edgesOf(shape, cells, W, H) }
  }
  const ratio = taken === 'auto' ? null : shaping.ratio
  const at = (ratio !== null && spotlightAt(shape, rects.length - 1, ratio, W, H)) || rects
  return { rects: at, edges: edgesOf(shape, at, W, H) }
}

/** A layout without any moved edge. */
function standard(taken: Layout, n: number, W: number, H: number): Pick<Candidate, 'rects' | 'shape'> {
  switch (taken) {
    case 'auto':
      return n === 0 ? { rects: [], shape: null } : best(anyOf(n, W, H))
    case '1':
      return uniform(1, 1, W, H)
    case '2':
      return best([uniform(2, 2, W, H), uniform(1, 2, W, H)])
    case '2x2':
      return uniform(2, 4, W, H)
    case '3x3':
      return uniform(3, 9, W, H)
    default:
      return best(oneLarger(PLACES[taken] - 1, W, H))
  }
}

/** The ratio of a small tile's width to the large one's. Below SMALLEST it is too small to see; above LARGEST, no tile stands out. */
const SMALLEST = 0.24
const LARGEST = 0.67

/** The gain in area that an arrangement with unaligned edges, or (in auto) with a larger tile, needs to be preferred. */
const UNEVEN = 1 / 1.04
const LARGER_FIRST = 1 / 1.08

interface Candidate {
  rects: Rect[]
  shape: Shape | null
  /** The picture area minus the required gain. */
  worth: number
}

const candidate = (rects: Rect[], shape: Shape | null, weight = 1): Candidate => ({
  rects,
  shape,
  worth: area(rects) * weight,
})

function best(candidates: Candidate[]): Candidate {
  return candidates.reduce((a, b) => (b.worth > a.worth ? b : a))
}

function anyOf(n: number, W: number, H: number): Candidate[] {
  const found: Candidate[] = []
  for (let cols = 1; cols <= n; cols++) found.push(uniform(cols, n, W, H))
  if (n > 2) {
    for (const c of oneLarger(n - 1, W, H)) found.push({ ...c, worth: c.worth * LARGER_FIRST })
  }
  return found
}

/** n equal tiles in columns; an incomplete last row is centred. */
function uniform(cols: number, n: number, W: number, H: number): Candidate {
  const rows = Math.ceil(n / cols)
  const w = whole(Math.min(part(cols, W), part(rows, H) * PICTURE))
  return candidate(block(cols, n, w, whole(w / PICTURE), 0, 0, W, H), { kind: 'grid', columns: cols, rows })
}

/** One large tile and m small ones: beside it, below it, or around its lower right corner. */
function oneLarger(m: number, W: number, H: number): Candidate[] {
  const found: Candidate[] = []
  for (let lines = 1; lines <= m; lines++) {
    found.push(...beside(m, lines, W, H, PICTURE, 'beside'))
    found.push(
      ...beside(m, lines, H, W, 1 / PICTURE, 'below').map((c) => ({ ...c, rects: c.rects.map(turned) })),
    )
  }
  for (const c of corners(m)) found.push(candidate(corner(c, W, H), c))
  // Nothing fits into a window of a few pixels.
  return found.length > 0 ? found : [{ ...uniform(m + 1, m + 1, W, H), shape: null }]
}

/** A large tile with m small ones in `lines` columns on its right. The caller transposes it for small tiles below. */
function beside(
  m: number,
  lines: number,
  W: number,
  H: number,
  ratio: number,
  kind: 'beside' | 'below',
): Candidate[] {
  const rows = Math.ceil(m / lines)
  const found: Candidate[] = []
  const add = (bw: number, bh: number, sw: number, sh: number, weight: number) => {
    const share = Math.max(sw, sh) / Math.max(bw, bh)
    if (sw < 1 || share < SMALLEST || share > LARGEST) return
    if (bh > H || rows * sh + (rows - 1) * GAP > H || bw + lines * (sw + GAP) > W) return
    const left = whole((W - bw - lines * (sw + GAP)) / 2)
    const large = { x: left, y: whole((H - bh) / 2), w: bw, h: bh }
    const small = block(lines, m, sw, sh, left + bw + GAP, 0, lines * (sw + GAP) - GAP, H)
    found.push(candidate([large, ...small], { kind }, weight))
  }

  // Aligned edges: the large tile is as high as the column.
  const wide = (W - lines * GAP - (rows - 1) * GAP * ratio) / (rows + lines)
  const sw = whole(Math.min(wide, ((H - (rows - 1) * GAP) / rows) * ratio))
  const sh = whole(sw / ratio)
  const bh = rows * sh + (rows - 1) * GAP
  add(whole(bh * ratio), bh, sw, sh, 1)

  // The large tile takes the full height, the small ones the rest.
  const left = whole((W - whole(H * ratio) - lines * GAP) / lines)
  add(whole(H * ratio), H, left, whole(left / ratio), UNEVEN)

  // The column takes the full height, the large tile the rest.
  const high = whole((H - (rows - 1) * GAP) / rows)
  const rest = W - lines * (whole(high * ratio) + GAP)
  add(rest, whole(rest / ratio), whole(high * ratio), high, UNEVEN)
  return found
}

type Corner = Shape & { kind: 'corner' }

/** The grids that one tile of size×size cells and m of one cell fill, with small tiles both beside and below the large one. */
function corners(m: number): Corner[] {
  const found: Corner[] = []
  for (let size = 2; size * size < 2 * m + 2; size++) {
    const cells = m + size * size
    for (let columns = size + 1; columns * (size + 1) <= cells; columns++)
      if (cells % columns === 0) found.push({ kind: 'corner', columns, rows: cells / columns, size })
  }
  return found
}

/** One large tile in the upper left corner of a grid, and a small one in each other cell. */
function corner({ columns, rows, size }: Corner, W: number, H: number): Rect[] {
  const w = whole(Math.min(part(columns, W), part(rows, H) * PICTURE))
  const cells = block(columns, columns * rows, w, whole(w / PICTURE), 0, 0, W, H)
  const first = cells[0] ?? { x: 0, y: 0, w: 0, h: 0 }
  const cell = { w: span(size, first.w), h: span(size, first.h) }
  const large = { x: first.x, y: first.y, w: cell.w, h: whole(cell.w / PICTURE) }
  if (large.h > cell.h) {
    large.h = cell.h
    large.w = whole(cell.h * PICTURE)
  }
  return [large, ...cells.filter((_, i) => i % columns >= size || i >= size * columns)]
}
