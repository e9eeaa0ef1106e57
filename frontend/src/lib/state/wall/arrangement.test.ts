import { describe, expect, it } from 'vitest'
import { app, feed, startEach, wall } from '../../../test/wall'

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
    expect(seen).toEqual(['1+5', '3x3', 'auto'])
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
})
