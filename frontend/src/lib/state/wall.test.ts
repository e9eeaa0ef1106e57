import { describe, expect, it, vi } from 'vitest'
import { Tile } from '../player/tile.svelte'
import {
  app,
  command,
  drawn,
  feed,
  heard,
  ids,
  session,
  settle,
  start,
  startEach,
  wall,
} from '../../test/wall'

startEach()

describe('changing the feed of a tile', () => {
  /** Lets the feed that a tile is changing to play. */
  const moves = async (id: string) => {
    const player = wall.tiles[wall.place(id)]?.upcoming?.player
    const video = document.createElement('video')
    player?.attach(video)
    video.dispatchEvent(new Event('playing'))
    await settle()
  }

  it('keeps its place, the focus and the sound, and touches no other tile', async () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    wall.focus('b')
    wall.sound.choose('b')
    const [before, players] = [wall.tiles, wall.tiles.map((t) => t.player)]
    wall.change('b', feed('d'))
    expect([ids(), wall.announcement]).toEqual(['a b c', 'Feed b is changing to Feed d'])
    await moves('d')
    expect([ids(), drawn(), wall.focused?.id, heard()]).toEqual(['a d c', 'a d c', 'd', ['d']])
    expect(wall.tiles.map((t, i) => t === before[i])).toEqual([true, true, true])
    expect(wall.tiles.map((t, i) => t.player === players[i])).toEqual([true, false, true])
    expect(wall.document.tiles.map((t) => t.id)).toEqual(['a', 'd', 'c'])
    expect([wall.document.sound, wall.document.focus]).toEqual(['d', 'd'])
  })

  it('swaps with the tile that shows the feed already', () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    wall.change('a', feed('c'))
    expect(ids()).toBe('c b a')
    expect(wall.tiles.every((t) => t.upcoming === undefined)).toBe(true)
  })

  it('does not open a feed twice while a tile is changing to it', () => {
    for (const id of ['a', 'b']) wall.open(feed(id))
    wall.change('a', feed('d'))
    wall.open(feed('d'))
    expect([ids(), wall.focused?.id]).toEqual(['a b', 'a'])
  })
})

describe('opening, closing and swapping', () => {
  it('leaves other tiles unchanged, and the order in which they are drawn', () => {
    for (const id of ['a', 'b', 'c', 'd']) wall.open(feed(id))
    const before = new Map(wall.tiles.map((t) => [t.id, t]))
    const closed = wall.tiles.map((t) => vi.spyOn(t, 'close'))
    wall.swap('a', 'd')
    wall.focus('b')
    wall.move('left')
    expect([ids(), drawn()]).toEqual(['b d c a', 'a b c d'])
    wall.close('c')
    wall.open(feed('e'))
    expect([ids(), drawn()]).toEqual(['b d a e', 'a b d e'])
    expect(wall.tiles.every((t) => t.id === 'e' || before.get(t.id) === t)).toBe(true)
    expect(closed.map((c) => c.mock.calls.length)).toEqual([0, 0, 1, 0])
  })

  it('opens a feed once, and at most nine', () => {
    for (let i = 1; i <= 9; i++) wall.open(feed(String(i)))
    expect(wall.open(feed('3'))).toBe(true)
    expect(wall.focused?.id).toBe('3')
    expect(wall.open(feed('10'))).toBe(false)
    expect(wall.tiles).toHaveLength(9)
    expect(app.notices.toasts.map((t) => t.text)).toEqual([
      'The wall is full: it has 9 feeds. Close one first.',
    ])
  })

  it('announces moves to screen readers', () => {
    wall.open(feed('a'))
    wall.open(feed('b'))
    expect(wall.announcement).toBe('Feed b is at position 2')
    wall.swap('a', 'b')
    expect(wall.announcement).toBe('Feed a is now at position 2, Feed b at position 1')
    wall.close('a')
    expect(wall.announcement).toBe('Closed Feed a')
  })

  it('moves the focus of a closed tile to the one that takes its position', () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    wall.focusPlace(1)
    wall.close('b')
    expect(wall.focused?.id).toBe('c')
    wall.close('c')
    expect(wall.focused?.id).toBe('a')
    wall.close('a')
    expect(wall.focused).toBeUndefined()
  })

  it('moves the focus where the arrow points', () => {
    wall.arrangement.choose('2x2')
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    wall.focusNext('right')
    expect(wall.focused?.id).toBe('b')
    // The fourth position is empty.
    wall.focusNext('down')
    expect(wall.focused?.id).toBe('c')
    wall.focusNext('down')
    expect(wall.focused?.id).toBe('c')
  })
})

describe('a tile that was closed', () => {
  it('returns to its position with its volume and its offset', async () => {
    await start()
    wall.openSession(session('Race', ['a', 'b', 'c']))
    const b = wall.tiles[1]
    b?.player.setVolume(0.3)
    b?.setOffset(700)
    wall.focus('b')
    wall.close('b')
    expect(ids()).toBe('a c')
    const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
    expect(toast?.text).toBe('Closed Feed b.')
    app.notices.act(toast?.id ?? 0)
    expect(ids()).toBe('a b c')
    expect([wall.tiles[1]?.player.volume, wall.tiles[1]?.offset, wall.focused?.id]).toEqual([0.3, 700, 'b'])
  })

  it('restores the session if it was its last tile', async () => {
    await start()
    wall.openSession(session('Race', ['a']))
    wall.close('a')
    expect(wall.session).toBeNull()
    const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
    app.notices.act(toast?.id ?? 0)
    expect([ids(), wall.session?.session]).toEqual(['a', 'Race'])
  })
})

it('stops playback while the window is hidden in the tray, for tiles opened then too', async () => {
  const suspended = vi.spyOn(Tile.prototype, 'suspend')
  const resumed = vi.spyOn(Tile.prototype, 'resume')
  wall.open(feed('a'))
  await settle()
  resumed.mockClear()
  command?.({ name: 'hidden' })
  await settle()
  wall.open(feed('b'))
  const ids = (calls: unknown[]) => calls.map((t) => (t as Tile).id)
  expect(ids(suspended.mock.contexts)).toEqual(['a', 'b'])
  command?.({ name: 'shown' })
  await settle()
  expect(ids(resumed.mock.contexts)).toEqual(['a', 'b'])
})
