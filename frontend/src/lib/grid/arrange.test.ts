import { describe, expect, it } from 'vitest'
import { arrange, fitting, GAP, LAYOUTS, PLACES, type Fixed, type Layout, type Rect } from './arrange'
import { neighbour, placeAt } from './neighbour'

const show = (rects: Rect[]) => rects.map((r) => `${r.x},${r.y} ${r.w}×${r.h}`)
const share = (rects: Rect[], W: number, H: number) =>
  Math.round((rects.reduce((s, r) => s + r.w * r.h, 0) / W / H) * 100)

describe('a layout leaves as little area unused as possible', () => {
  const rows: [Layout, number, number, number, string[]][] = [
    ['1', 1, 1600, 900, ['0,0 1600×900']],
    ['1', 1, 1600, 1000, ['0,50 1600×900']],
    ['2', 2, 1604, 450, ['0,0 800×450', '804,0 800×450']],
    ['2', 2, 800, 904, ['0,0 800×450', '0,454 800×450']],
    ['2x2', 4, 1604, 904, ['1,0 800×450', '805,0 800×450', '1,454 800×450', '805,454 800×450']],
    // In a wide window, the small tiles are beside the large one; in a tall window, below it.
    ['1+2', 3, 2404, 902, ['1,0 1600×900', '1605,0 796×448', '1605,452 796×448']],
    ['1+2', 3, 1600, 1354, ['0,0 1600×900', '0,904 798×449', '802,904 798×449']],
    ['1+3', 4, 1600, 1204, ['0,0 1597×898', '0,904 530×298', '534,904 530×298', '1068,904 530×298']],
  ]
  it.each(rows)('%s of %i in %i×%i', (layout, n, W, H, want) => {
    const got = arrange(layout, n, W, H)
    expect(got).toHaveLength(want.length)
    got.forEach((r, i) => {
      const [x, y, w, h] = (want[i] ?? '').split(/[ ,×]/).map(Number)
      for (const [is, should] of [
        [r.x, x],
        [r.y, y],
        [r.w, w],
        [r.h, h],
      ])
        expect(Math.abs((is ?? 0) - (should ?? 0)), `${show(got)}`).toBeLessThanOrEqual(4)
    })
  })

  it('1+5 fills a 16:9 window: one large tile, two beside it, three below', () => {
    const rects = arrange('1+5', 6, 1600, 900)
    expect(share(rects, 1600, 900)).toBeGreaterThanOrEqual(98)
    expect(rects[0]?.w).toBeGreaterThan(1050)
    expect(rects.slice(1).every((r) => r.w === rects[1]?.w)).toBe(true)
  })
})

describe('auto uses the largest picture area', () => {
  // n, window, the minimum share of it that is picture, and the ratio of the first tile's width to the last one's
  const rows: [number, number, number, number, number][] = [
    [1, 1600, 900, 100, 1],
    [2, 1600, 900, 49, 1],
    [2, 900, 1100, 90, 1],
    [3, 1600, 900, 74, 1],
    [4, 1600, 900, 99, 1],
    [5, 1600, 900, 79, 4],
    [6, 1600, 900, 98, 2],
    [7, 1600, 900, 76, 1],
    [8, 1600, 900, 98, 3],
    [9, 1600, 900, 98, 1],
    [4, 500, 1200, 90, 1],
    [9, 3840, 1000, 80, 3],
  ]
  it.each(rows)('%i tiles in %i×%i: %i %% picture', (n, W, H, least, times) => {
    const rects = arrange('auto', n, W, H)
    expect(rects).toHaveLength(n)
    expect(share(rects, W, H)).toBeGreaterThanOrEqual(least)
    expect(Math.round((rects[0]?.w ?? 0) / (rects[n - 1]?.w ?? 1))).toBe(times)
  })

  it('is not worse than a fixed layout, except for the required gain of a larger tile and for tiles too small to see', () => {
    for (const layout of LAYOUTS) {
      if (layout === 'auto') continue
      const n = PLACES[layout]
      for (const [W, H] of [
        [930, 660],
        [2200, 1380],
        [640, 400],
        [700, 1200],
      ] as const) {
        const fixed = share(arrange(layout, n, W, H), W, H)
        expect(share(arrange('auto', n, W, H), W, H) * 1.13, `${layout} in ${W}×${H}`).toBeGreaterThanOrEqual(
          fixed - 1,
        )
      }
    }
  })
})

describe('a layout with too few positions grows to the next', () => {
  const rows: [Layout, number, Layout][] = [
    ['1', 1, '1'],
    ['1', 2, '2'],
    ['1', 9, '3x3'],
    ['2', 3, '1+2'],
    ['1+2', 4, '1+3'],
    ['2x2', 5, '1+4'],
    ['1+3', 5, '1+4'],
    ['1+5', 7, '1+6'],
    ['1+2', 9, '1+8'],
    ['2x2', 7, '3x3'],
    ['3x3', 2, '3x3'],
    ['auto', 7, 'auto'],
  ]
  it.each(rows)('%s with %i tiles is %s', (layout, n, want) => expect(fitting(layout, n)).toBe(want))

  it('and one with too many returns the empty positions too', () => {
    expect(arrange('1+3', 1, 1280, 720)).toHaveLength(4)
    expect(arrange('auto', 0, 1280, 720)).toEqual([])
  })
})

/** The same numbers in each run, so that failures are reproducible. */
function* windows(): Generator<[number, number]> {
  yield* [
    [640, 400],
    [576, 340],
    [800, 600],
    [1280, 720],
    [1440, 900],
    [2560, 1440],
    [3840, 2160],
    [400, 640],
    [1080, 1920],
    [2160, 3840],
    [3440, 600],
    [641, 1999],
  ] as [number, number][]
  let seed = 7
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648
  for (let i = 0; i < 400; i++) yield [300 + Math.floor(random() * 3540), 240 + Math.floor(random() * 1920)]
}

describe('whatever the window', () => {
  it('no tile overlaps another, leaves the window, or differs from 16:9', () => {
    for (const [W, H] of windows()) {
      for (const layout of LAYOUTS) {
        for (let n = layout === 'auto' ? 1 : 0; n <= 9; n++) {
          const rects = arrange(layout, n, W, H)
          const where = `${layout}, ${n} tiles, ${W}×${H}: ${show(rects)}`
          const taken = fitting(layout, n)
          if (rects.length !== (taken === 'auto' ? n : PLACES[taken as Fixed])) throw new Error(where)
          rects.forEach((r, i) => {
            if (![r.x, r.y, r.w, r.h].every(Number.isInteger)) throw new Error(`no whole pixels: ${where}`)
            if (r.w < 40 || r.h < 22) throw new Error(`nothing to see: ${where}`)
            if (r.x < 0 || r.y < 0 || r.x + r.w > W || r.y + r.h > H) throw new Error(`outside: ${where}`)
            if (Math.abs(r.h - (r.w * 9) / 16) > 1) throw new Error(`not 16:9: ${where}`)
            for (const s of rects.slice(i + 1)) {
              const apart =
                r.x + r.w + GAP <= s.x ||
                s.x + s.w + GAP <= r.x ||
                r.y + r.h + GAP <= s.y ||
                s.y + s.h + GAP <= r.y
              if (!apart) throw new Error(`overlap: ${where}`)
            }
          })
        }
      }
    }
  })

  it('every tile can be reached by the arrow keys and the pointer', () => {
    for (const [W, H] of windows()) {
      for (let n = 1; n <= 9; n++) {
        const rects = arrange('auto', n, W, H)
        const reached = new Set([0])
        for (const i of reached)
          for (const d of ['left', 'right', 'up', 'down'] as const) reached.add(neighbour(rects, i, d))
        expect(reached.size, `${n} tiles in ${W}×${H}: ${show(rects)}`).toBe(n)
        rects.forEach((r, i) => expect(placeAt(rects, r.x + r.w / 2, r.y + r.h / 2)).toBe(i))
      }
    }
  })
})

describe('the arrow keys follow the arrangement', () => {
  const two = arrange('2x2', 4, 1604, 904)
  it.each([
    [0, 'right', 1],
    [1, 'right', 1],
    [0, 'down', 2],
    [3, 'left', 2],
    [3, 'up', 1],
    [2, 'down', 2],
  ] as const)('2x2: from %i %s to %i', (i, d, want) => expect(neighbour(two, i, d)).toBe(want))

  it('from the large tile to the small ones, and back', () => {
    const rects = arrange('1+3', 4, 2400, 1000)
    expect(['right', 'left'].map((d) => neighbour(rects, 2, d as 'right' | 'left'))).toEqual([2, 0])
    expect([1, 2, 3]).toContain(neighbour(rects, 0, 'right'))
    expect(neighbour(rects, 1, 'down')).toBe(2)
    expect(placeAt(rects, -1, -1)).toBe(-1)
  })
})
