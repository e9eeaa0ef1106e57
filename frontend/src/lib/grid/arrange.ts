// The arrangement of the tiles on the wall. Pure: tiles and a window in, rectangles out.

export const LAYOUTS = ['auto', '1', '2', '1+2', '2x2', '1+3', '1+5', '3x3'] as const
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
  '1+5': 6,
  '3x3': 9,
}

/** The maximum number of tiles on a wall. */
export const MOST_TILES = 9
/** Pixels between two tiles. */
export const GAP = 4

const RATIO = 16 / 9

/** In whole pixels from the upper left corner of the wall. */
export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

/** The effective layout for n tiles: the chosen one, or the next with enough positions. */
export function fitting(layout: Layout, n: number): Layout {
  if (layout === 'auto') return layout
  const larger = LAYOUTS.slice(LAYOUTS.indexOf(layout)) as Fixed[]
  return larger.find((l) => PLACES[l] >= n) ?? '3x3'
}

/**
 * The rectangles of n tiles in a window of W×H pixels: 16:9, inside, separated by a gap, with the least unused area that
 * the layout allows. A layout with more positions than tiles returns the empty positions too, after those of the tiles.
 */
export function arrange(layout: Layout, n: number, W: number, H: number): Rect[] {
  const taken = fitting(layout, n)
  switch (taken) {
    case 'auto':
      return n === 0 ? [] : best(anyOf(n, W, H))
    case '1':
      return uniform(1, 1, W, H)
    case '2':
      return best([candidate(uniform(2, 2, W, H)), candidate(uniform(1, 2, W, H))])
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
  /** The picture area minus the required gain. */
  worth: number
}

const area = (rects: Rect[]) => rects.reduce((sum, r) => sum + r.w * r.h, 0)
const candidate = (rects: Rect[], weight = 1): Candidate => ({ rects, worth: area(rects) * weight })

function best(candidates: Candidate[]): Rect[] {
  return candidates.reduce((a, b) => (b.worth > a.worth ? b : a)).rects
}

function anyOf(n: number, W: number, H: number): Candidate[] {
  const found: Candidate[] = []
  for (let cols = 1; cols <= n; cols++) found.push(candidate(uniform(cols, n, W, H)))
  if (n > 2) {
    for (const c of oneLarger(n - 1, W, H)) found.push({ ...c, worth: c.worth * LARGER_FIRST })
  }
  return found
}

/** n equal tiles in columns; an incomplete last row is centred. */
function uniform(cols: number, n: number, W: number, H: number): Rect[] {
  const rows = Math.ceil(n / cols)
  const w = whole(Math.min((W - (cols - 1) * GAP) / cols, ((H - (rows - 1) * GAP) / rows) * RATIO))
  return block(cols, n, w, whole(w / RATIO), 0, 0, W, H)
}

/** A block of n tiles of w×h in columns, centred in a window at x, y. */
function block(
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

/** One large tile and m small ones: beside it, below it, or around its lower right corner. */
function oneLarger(m: number, W: number, H: number): Candidate[] {
  const found: Candidate[] = []
  for (let lines = 1; lines <= m; lines++) {
    found.push(...beside(m, lines, W, H, RATIO))
    found.push(...beside(m, lines, H, W, 1 / RATIO).map((c) => ({ ...c, rects: c.rects.map(turned) })))
  }
  if (m % 2 === 1 && m > 3) found.push(candidate(corner((m - 1) / 2, W, H)))
  // Nothing fits into a window of a few pixels.
  return found.length > 0 ? found : [candidate(uniform(m + 1, m + 1, W, H))]
}

const turned = (r: Rect): Rect => ({ x: r.y, y: r.x, w: r.h, h: r.w })

/** A large tile with m small ones in `lines` columns on its right. The caller transposes it for small tiles below. */
function beside(m: number, lines: number, W: number, H: number, ratio: number): Candidate[] {
  const rows = Math.ceil(m / lines)
  const found: Candidate[] = []
  const add = (bw: number, bh: number, sw: number, sh: number, weight: number) => {
    const share = Math.max(sw, sh) / Math.max(bw, bh)
    if (sw < 1 || share < SMALLEST || share > LARGEST) return
    if (bh > H || rows * sh + (rows - 1) * GAP > H || bw + lines * (sw + GAP) > W) return
    const left = whole((W - bw - lines * (sw + GAP)) / 2)
    const large = { x: left, y: whole((H - bh) / 2), w: bw, h: bh }
    const small = block(lines, m, sw, sh, left + bw + GAP, 0, lines * (sw + GAP) - GAP, H)
    found.push(candidate([large, ...small], weight))
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

/** One tile of a×a cells, a small ones on its right and a+1 below. */
function corner(a: number, W: number, H: number): Rect[] {
  const w = whole(Math.min((W - a * GAP) / (a + 1), ((H - a * GAP) / (a + 1)) * RATIO))
  const cells = block(a + 1, (a + 1) * (a + 1), w, whole(w / RATIO), 0, 0, W, H)
  const first = cells[0] ?? { x: 0, y: 0, w: 0, h: 0 }
  const cell = { w: a * first.w + (a - 1) * GAP, h: a * first.h + (a - 1) * GAP }
  const large = { x: first.x, y: first.y, w: cell.w, h: whole(cell.w / RATIO) }
  if (large.h > cell.h) {
    large.h = cell.h
    large.w = whole(cell.h * RATIO)
  }
  return [large, ...cells.filter((_, i) => i % (a + 1) === a || i >= a * (a + 1))]
}

const whole = (v: number) => Math.max(0, Math.floor(v))
