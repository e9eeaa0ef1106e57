// The edges between tiles, and what the user made of a layout by moving them. Pure.

import { block, GAP, part, whole, type Rect, type Shape } from './geometry'
import { heightShare, LEAST_RATIO, MOST_RATIO, widthShare } from './spotlight'

/** The widths of the columns and the heights of the rows of a grid, as shares of the wall. */
export interface Tracks {
  columns: readonly number[]
  rows: readonly number[]
}

/** The edges that the user moved. */
export interface Shaping {
  /** The large tile's share of the wall; null: as large as leaves the least area unused. */
  ratio: number | null
  /** By grid: columns × rows, such as "3x2". */
  tracks: Readonly<Record<string, Tracks>>
}

export const UNSHAPED: Shaping = { ratio: null, tracks: {} }

/** An edge between tiles that can be moved. */
export interface Edge {
  id: string
  name: string
  /** Whether it is moved to the left and right (x), or up and down (y). */
  axis: 'x' | 'y'
  /** Its position, and the limits of it, as shares of the wall. */
  at: number
  least: number
  most: number
  /** The line between the tiles. */
  line: Rect
  /** The shaping after it was moved to a position. */
  move: (shaping: Shaping, to: number) => Shaping
  /** The shaping without this edge's change. */
  reset: (shaping: Shaping) => Shaping
}

/** The smallest share of a column or row, as a part of an equal share. */
const LEAST_TRACK = 0.4

const grid = (columns: number, rows: number) => `${columns}x${rows}`
const clamp = (v: number, least: number, most: number) => Math.min(most, Math.max(least, v))

/** Reads a stored shaping, leaving out invalid parts. */
export function readShaping(ratio: unknown, tracks: unknown): Shaping {
  const read: Record<string, Tracks> = {}
  if (typeof tracks === 'object' && tracks !== null) {
    for (const [key, value] of Object.entries(tracks as Record<string, unknown>)) {
      const size = /^([1-9])x([1-9])$/.exec(key)
      if (!size || typeof value !== 'object' || value === null) continue
      const { columns, rows } = value as Record<string, unknown>
      const [c, r] = [shares(columns, Number(size[1])), shares(rows, Number(size[2]))]
      if (c && r) read[key] = { columns: c, rows: r }
    }
  }
  const valid = typeof ratio === 'number' && Number.isFinite(ratio)
  return { ratio: valid ? clamp(ratio, LEAST_RATIO, MOST_RATIO) : null, tracks: read }
}

/** n shares with the sum 1, none of which is too small; undefined if the value is something else. */
function shares(v: unknown, n: number): number[] | undefined {
  if (!Array.isArray(v) || v.length !== n) return undefined
  const all = v.map((s) => (typeof s === 'number' && Number.isFinite(s) && s > 0 ? s : 0))
  const sum = all.reduce((a, b) => a + b, 0)
  const least = (LEAST_TRACK / n) * 0.99
  return sum > 0 && all.every((s) => s / sum >= least) ? all.map((s) => s / sum) : undefined
}

/** The cells of a grid with these columns and rows, which fill the window. An incomplete last row is centred. */
export function stretched(
  { columns, rows }: Shape & { kind: 'grid' },
  n: number,
  tracks: Tracks,
  W: number,
  H: number,
): Rect[] {
  const xs = cuts(tracks.columns, W)
  const ys = cuts(tracks.rows, H)
  const [from, to] = [
    (lines: number[], i: number) => (lines[i] ?? 0) + (i > 0 ? GAP / 2 : 0),
    (lines: number[], i: number) => (lines[i + 1] ?? 0) - (i + 2 < lines.length ? GAP / 2 : 0),
  ]
  const full = Math.floor(n / columns) * columns
  const cells = Array.from({ length: full }, (_, i) => {
    const [c, r] = [i % columns, Math.floor(i / columns)]
    const [x, y] = [from(xs, c), from(ys, r)]
    return { x, y, w: to(xs, c) - x, h: to(ys, r) - y }
  })
  const last = { y: from(ys, rows - 1), h: to(ys, rows - 1) - from(ys, rows - 1) }
  return [...cells, ...block(n - full, n - full, whole(part(columns, W)), last.h, 0, last.y, W, last.h)]
}

/** The positions in pixels at which tracks begin and end. */
function cuts(tracks: readonly number[], size: number): number[] {
  let sum = 0
  return [0, ...tracks.map((t, i) => Math.round((sum += t) * size) || i)]
}

/** The edges of arranged tiles. */
export function edgesOf(shape: Shape, rects: readonly Rect[], W: number, H: number): Edge[] {
  return shape.kind === 'grid' ? gridEdges(shape, rects, W, H) : spotlightEdges(shape, rects, W, H)
}

function gridEdges(
  { columns, rows }: Shape & { kind: 'grid' },
  rects: readonly Rect[],
  W: number,
  H: number,
): Edge[] {
  const key = grid(columns, rows)
  const bounds = boundsOf(rects.slice(0, Math.floor(rects.length / columns) * columns))
  const all = boundsOf(rects)
  const middle = (before: number, size: number, after: number) => (before + size + after) / 2
  const xs = [0, ...between(columns, (i) => middleX(rects[i - 1], rects[i])), W].map((x) => x / W)
  const ys = [0, ...between(rows, (i) => middleY(rects[(i - 1) * columns], rects[i * columns])), H].map(
    (y) => y / H,
  )
  function middleX(a: Rect | undefined, b: Rect | undefined) {
    return a && b ? middle(a.x, a.w, b.x) : 0
  }
  function middleY(a: Rect | undefined, b: Rect | undefined) {
    return a && b ? middle(a.y, a.h, b.y) : 0
  }
  const edge = (axis: 'x' | 'y', i: number): Edge => {
    const lines = axis === 'x' ? xs : ys
    const least = LEAST_TRACK / (lines.length - 1)
    const [before, at, after] = [lines[i - 1] ?? 0, lines[i] ?? 0, lines[i + 1] ?? 1]
    const limits = { least: before + least, most: Math.max(before + least, after - least) }
    const line =
      axis === 'x'
        ? { x: Math.round(at * W) - GAP / 2, y: bounds.y, w: GAP, h: bounds.h }
        : { x: all.x, y: Math.round(at * H) - GAP / 2, w: all.w, h: GAP }
    return {
      id: `${key}-${axis}${i}`,
      name: axis === 'x' ? `Edge between columns ${i} and ${i + 1}` : `Edge between rows ${i} and ${i + 1}`,
      axis,
      at,
      ...limits,
      line,
      move: (shaping, to) => {
        const moved = lines.with(i, clamp(to, limits.least, limits.most))
        const tracks = { columns: sizes(axis === 'x' ? moved : xs), rows: sizes(axis === 'y' ? moved : ys) }
        return { ...shaping, tracks: { ...shaping.tracks, [key]: tracks } }
      },
      reset: (shaping) => ({
        ...shaping,
        tracks: Object.fromEntries(Object.entries(shaping.tracks).filter(([k]) => k !== key)),
      }),
    }
  }
  return [...between(columns, (i) => edge('x', i)), ...between(rows, (i) => edge('y', i))]
}

/** The values for the edges 1 to n-1 between n tracks. */
const between = <T>(n: number, value: (i: number) => T): T[] =>
  Array.from({ length: n - 1 }, (_, i) => value(i + 1))
const sizes = (lines: readonly number[]): number[] =>
  lines.slice(1).map((to, i) => Math.round((to - (lines[i] ?? 0)) * 10_000) / 10_000)

function boundsOf(rects: readonly Rect[]): Rect {
  const x = Math.min(...rects.map((r) => r.x))
  const y = Math.min(...rects.map((r) => r.y))
  return {
    x,
    y,
    w: Math.max(...rects.map((r) => r.x + r.w)) - x,
    h: Math.max(...rects.map((r) => r.y + r.h)) - y,
  }
}

function spotlightEdges(
  shape: Exclude<Shape, { kind: 'grid' }>,
  rects: readonly Rect[],
  W: number,
  H: number,
): Edge[] {
  const [large] = rects
  if (!large) return []
  const all = boundsOf(rects)
  const corner = shape.kind === 'corner' ? shape : undefined
  const reset = (shaping: Shaping): Shaping => ({ ...shaping, ratio: null })
  const edge = (
    axis: 'x' | 'y',
    at: number,
    line: Rect,
    share: (ratio: number) => number,
    ratio: (share: number) => number,
  ): Edge => ({
    id: `ratio-${axis}`,
    name: axis === 'x' ? 'Edge beside the large tile' : 'Edge below the large tile',
    axis,
    at,
    least: share(LEAST_RATIO),
    most: share(MOST_RATIO),
    line,
    move: (shaping, to) => ({
      ...shaping,
      ratio: Math.round(clamp(ratio(to), LEAST_RATIO, MOST_RATIO) * 1000) / 1000,
    }),
    reset,
  })
  const same = (v: number) => v
  const found: Edge[] = []
  if (shape.kind !== 'below') {
    const x = large.x + large.w
    const line = { x, y: corner ? large.y : all.y, w: GAP, h: corner ? large.h : all.h }
    found.push(edge('x', (x + GAP / 2) / W, line, same, same))
  }
  if (shape.kind !== 'beside') {
    const y = large.y + large.h
    const line = { x: all.x, y, w: all.w, h: GAP }
    const [share, ratio] = corner
      ? [(r: number) => heightShare(corner, r), (s: number) => widthShare(corner, s)]
      : [same, same]
    found.push(edge('y', (y + GAP / 2) / H, line, share, ratio))
  }
  return found
}
