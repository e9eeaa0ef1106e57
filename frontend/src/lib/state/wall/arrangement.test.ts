import { describe, expect, it, vi } from 'vitest'
import { app, feed, settle, start, startEach, stored, wall } from '../../../test/wall'

startEach()

describe('the layout', () => {
  it('grows with its tiles and shrinks back', () => {
    wall.arrangement.choose('2')
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    expect([wall.arrangement.shown, wall.arrangement.layout, wall.arrangement.rects.length]).toEqual([
      '1+2',
      '2',
      3,
    ])
    wall.close('c')
    expect([wall.arrangement.shown, wall.arrangement.rects.length]).toEqual(['2', 2])
  })

  it('switches to the next that has room for all', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) wall.open(feed(id))
    const seen = [1, 2, 3].map(() => {
      wall.nextLayout()
      return wall.arrangement.shown
    })
    expect(seen).toEqual(['1+4', '3x3', 'auto'])
  })

  it('has no empty positions in full screen', () => {
    wall.arrangement.choose('1+5')
    wall.open(feed('a'))
    expect(wall.arrangement.rects).toHaveLength(6)
    wall.arrangement.setTight(true)
    expect(wall.arrangement.rects).toHaveLength(1)
  })

  it('is that of the settings until another is chosen', async () => {
    app.preferences.remote.set({ settings: { 'ui.layout': '1+3' }, fixed: [], restart: [] })
    expect(wall.arrangement.layout).toBe('1+3')
    wall.arrangement.choose('2x2')
    expect(wall.arrangement.layout).toBe('2x2')
  })

  it('has a large tile of the chosen size: Shift+G makes one, and switches through its sizes', async () => {
    for (const id of ['a', 'b', 'c', 'd']) wall.open(feed(id))
    expect(wall.arrangement.shown).toBe('auto')
    const seen = Array.from({ length: 8 }, () => {
      wall.nextRatio()
      return `${wall.arrangement.shown} ${wall.arrangement.ratio}`
    })
    expect(seen).toEqual([
      '1+3 null',
      '1+3 0.5',
      '1+3 0.6',
      '1+3 0.67',
      '1+3 0.75',
      '1+3 0.8',
      '1+3 null',
      '1+3 0.5',
    ])
    expect(wall.announcement).toBe('Layout 1+3, large tile: 50 % of the wall')
  })

  it('keeps its moved edges with the wall, and loses them when they are reset', async () => {
    for (const id of ['a', 'b', 'c', 'd']) wall.open(feed(id))
    wall.arrangement.choose('2x2')
    const tiles = [...wall.tiles]
    const [column] = wall.arrangement.edges
    if (!column) throw new Error('no edge')
    wall.arrangement.moveEdge(column, 0.6)
    expect(wall.arrangement.rects[0]?.w).toBe(766)
    expect(wall.tiles).toEqual(tiles)
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    expect(stored).toMatchObject({
      ratio: null,
      tracks: { '2x2': { columns: [0.6, 0.4], rows: [0.5, 0.5] } },
    })
    await start(stored)
    expect(wall.arrangement.rects[0]?.w).toBe(766)
    const [again] = wall.arrangement.edges
    if (!again) throw new Error('no edge')
    wall.arrangement.resetEdge(again)
    expect(wall.document.tracks).toEqual({})
  })

  it('gets a large tile of a fixed size when its edge is moved in the automatic layout', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) wall.open(feed(id))
    wall.arrangement.setSize(1268, 658)
    const edge = wall.arrangement.edges.find((e) => e.id === 'ratio-x')
    if (!edge) throw new Error('the automatic layout of six has no large tile')
    wall.arrangement.moveEdge(edge, 0.7)
    expect([wall.arrangement.shown, wall.arrangement.ratio]).toEqual(['1+5', 0.7])
  })
})
