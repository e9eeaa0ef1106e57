import { describe, expect, it } from 'vitest'
import { arranged, fitting, GAP, isSpotlight, LAYOUTS, MOST_TILES, type Layout, type Rect } from './arrange'
import { readShaping, UNSHAPED, type Shaping } from './edges'
import { RATIOS } from './spotlight'

const WINDOWS: readonly [number, number][] = [
  [930, 660],
  [1268, 658],
  [1908, 1018],
  [700, 1200],
  [3840, 1000],
]
const show = (rects: readonly Rect[]) => rects.map((r) => `${r.x},${r.y} ${r.w}×${r.h}`).join(' | ')

function check(rects: readonly Rect[], W: number, H: number, where: string) {
  rects.forEach((r, i) => {
    if (![r.x, r.y, r.w, r.h].every(Number.isInteger)) throw new Error(`no whole pixels: ${where}`)
    if (r.w < 20 || r.h < 20) throw new Error(`nothing to see: ${where}`)
    if (r.x < 0 || r.y < 0 || r.x + r.w > W || r.y + r.h > H) throw new Error(`outside: ${where}`)
    for (const s of rects.slice(i + 1))
      if (r.x + r.w + GAP > s.x && s.x + s.w + GAP > r.x && r.y + r.h + GAP > s.y && s.y + s.h + GAP > r.y)
        throw new Error(`overlap: ${where}`)
  })
}

const named = (layout: Layout, n: number, W: number, H: number, shaping: Shaping = UNSHAPED) => {
  const { rects, edges } = arranged(layout, n, W, H, shaping)
  const find = (name: string) => {
    const edge = edges.find((e) => e.name === name)
    if (!edge) throw new Error(`no ${name}: ${edges.map((e) => e.name).join(', ')}`)
    return edge
  }
  return { rects, edges, find }
}

describe('a large tile with a chosen share', () => {
  it('has it in every window and in each layout with a large tile; all pictures are 16:9 and apart', () => {
    for (const [W, H] of WINDOWS)
      for (const layout of LAYOUTS.filter(isSpotlight))
        for (const ratio of [0.4, ...RATIOS, 0.85]) {
          const n = fitting(layout, 1) === layout ? Number(layout.slice(2)) + 1 : 1
          const { rects, edges } = arranged(layout, n, W, H, { ...UNSHAPED, ratio })
          const where = `${layout} at ${ratio} in ${W}×${H}: ${show(rects)}`
          expect(rects, where).toHaveLength(n)
          check(rects, W, H, where)
          for (const r of rects) if (Math.abs(r.h - (r.w * 9) / 16) > 1) throw new Error(`not 16:9: ${where}`)
          const size = rects.slice(1).every((r) => r.w <= (rects[0]?.w ?? 0))
          expect(size, `the first is the largest: ${where}`).toBe(true)
          const edge = edges.find((e) => e.axis === 'x') ?? edges[0]
          expect(Math.abs((edge?.at ?? 0) - ratio), where).toBeLessThan(0.005)
        }
  })

  it('keeps the small tiles on the same side while its edge is moved', () => {
    for (const [W, H] of WINDOWS)
      for (const layout of LAYOUTS.filter(isSpotlight)) {
        const n = Number(layout.slice(2)) + 1
        const axes = RATIOS.map((ratio) =>
          arranged(layout, n, W, H, { ...UNSHAPED, ratio })
            .edges.map((e) => e.id)
            .join(),
        )
        expect(new Set(axes).size, `${layout} in ${W}×${H}`).toBe(1)
      }
  })

  it('follows either edge of a large tile in a corner, and is reset', () => {
    const [W, H] = [1600, 900]
    const { find } = named('1+5', 6, W, H)
    for (const name of ['Edge beside the large tile', 'Edge below the large tile']) {
      const moved = find(name).move(UNSHAPED, 0.72)
      const after = named('1+5', 6, W, H, moved).find(name)
      expect(after.at, name).toBeCloseTo(0.72, 2)
      expect(after.reset(moved)).toEqual(UNSHAPED)
    }
  })

  it('does not go beyond its limits', () => {
    const { find } = named('1+3', 4, 1600, 900)
    const edge = find('Edge beside the large tile')
    expect([edge.move(UNSHAPED, 0).ratio, edge.move(UNSHAPED, 1).ratio]).toEqual([0.4, 0.85])
    expect([edge.least, edge.most]).toEqual([0.4, 0.85])
  })

  it('is ignored by the automatic layout', () => {
    expect(arranged('auto', 6, 1600, 900, { ...UNSHAPED, ratio: 0.5 }).rects).toEqual(
      arranged('auto', 6, 1600, 900).rects,
    )
  })
})

describe('the edges of a grid', () => {
  it('are between its columns and rows', () => {
    const { edges } = named('3x3', 9, 1600, 900)
    expect(edges.map((e) => `${e.name} ${e.axis} ${Math.round(e.at * 100)}`)).toEqual([
      'Edge between columns 1 and 2 x 33',
      'Edge between columns 2 and 3 x 67',
      'Edge between rows 1 and 2 y 33',
      'Edge between rows 2 and 3 y 67',
    ])
    for (const e of edges) expect(Math.min(e.line.w, e.line.h)).toBe(GAP)
    expect(named('1', 1, 1600, 900).edges).toEqual([])
  })

  it('follow the pointer in every layout, and leave each tile its room', () => {
    for (const [W, H] of WINDOWS)
      for (const layout of ['auto', '2', '2x2', '3x3'] as const)
        for (let n = 2; n <= (layout === 'auto' ? MOST_TILES : 2); n++)
          for (const { id, least, most } of arranged(layout, n, W, H).edges)
            for (const to of [least, (least + most) / 2, most]) {
              const before = arranged(layout, n, W, H).edges.find((e) => e.id === id)
              if (!before || id.startsWith('ratio')) continue
              const shaping = before.move(UNSHAPED, to)
              const { rects, edges } = arranged(layout, n, W, H, shaping)
              const where = `${layout} of ${n}, ${id} to ${to} in ${W}×${H}: ${show(rects)}`
              check(rects, W, H, where)
              const after = edges.find((e) => e.id === id)
              expect(Math.abs((after?.at ?? 0) - to) * Math.max(W, H), where).toBeLessThan(3)
              expect(after?.reset(shaping), where).toEqual(UNSHAPED)
            }
  })

  it('leaves the other edges where they are', () => {
    const moved = named('3x3', 9, 1600, 900).find('Edge between columns 1 and 2').move(UNSHAPED, 0.5)
    const after = named('3x3', 9, 1600, 900, moved)
    expect(after.edges.map((e) => Math.round(e.at * 100))).toEqual([50, 67, 33, 67])
    expect(after.rects[0]?.w).toBe(798)
    expect(named('2x2', 4, 1600, 900, moved).rects).toEqual(arranged('2x2', 4, 1600, 900).rects)
  })

  it('has columns of its own only in complete rows: the last feeds of a row are in the middle', () => {
    const [W, H] = [1600, 900]
    const { find, rects } = named('auto', 7, W, H)
    expect(new Set(rects.map((r) => r.w)).size, 'seven in a grid').toBe(1)
    const moved = find('Edge between rows 1 and 2').move(UNSHAPED, 0.4)
    const after = arranged('auto', 7, W, H, moved).rects
    check(after, W, H, show(after))
    expect(after.at(-1)?.y).toBeGreaterThan(after[0]?.h ?? 0)
  })
})

describe('a stored shaping', () => {
  it('is read without invalid parts', () => {
    const tracks = { columns: [0.25, 0.75], rows: [0.5, 0.5] }
    expect(readShaping(0.6, { '2x2': tracks })).toEqual({ ratio: 0.6, tracks: { '2x2': tracks } })
    expect(readShaping(7, { '2x2': { columns: [1, 3], rows: [2, 2] } })).toEqual({
      ratio: 0.85,
      tracks: { '2x2': tracks },
    })
    for (const [ratio, bad] of [
      ['0.6', null],
      [NaN, [tracks]],
      [null, { '2x2': { columns: [1], rows: [1, 1] } }],
      [undefined, { '2x2': { columns: [1, 'a'], rows: [1, 1] } }],
      [{}, { '2x2': { columns: [1, 0.001], rows: [1, 1] } }],
      [[], { __proto__: tracks, '9x': tracks, '2x2': 7 }],
    ])
      expect(readShaping(ratio, bad)).toEqual(UNSHAPED)
  })
})
