import { describe, expect, it } from 'vitest'
import { MOST_TILES } from './arrange'
import { readWall } from './document'
import { readContents, readNamed } from './named'

const long = 'x'.repeat(5_000)

describe('the document of a wall', () => {
  it('is read without odd parts, and with long texts cut', () => {
    const odd = ['a b/../c', 'y'.repeat(500), '', 7, null].map((id) => ({ id, title: 'Odd' }))
    const wall = readWall({
      tiles: [...odd, 'a', null, [], { id: 'a', title: long, quality: long, settings: { audio: long } }],
      radio: { id: '../r', title: 'Radio' },
      focus: '../a',
      sound: long,
      mixer: { mix: true, on: ['a', '../b', 'a', 3], feeds: { a: { audio: long }, '../b': {} } },
      session: { event: long, session: long },
      waiting: [{ place: 0, tile: { id: 'a b', title: long } }, { place: -1, tile: { title: 'No' } }, 7],
      saved: { name: 'n'.repeat(200), revision: 'r' },
    })
    expect(wall.tiles.map((t) => [t.id, t.title.length])).toEqual([['a', 300]])
    expect(wall).toMatchObject({ radio: null, focus: '', sound: '', saved: null })
    expect(wall.mixer).toMatchObject({ on: ['a'], feeds: { a: { audio: 'x'.repeat(300) } } })
    expect(wall.waiting.map((w) => [w.tile.id, w.tile.title.length])).toEqual([['', 300]])
    expect(JSON.stringify(wall)).not.toContain('x'.repeat(301))
  })

  it('keeps a name that a saved wall can have, in characters of any size', () => {
    const saved = { name: '🏁'.repeat(60), revision: 'r' }
    expect(readWall({ saved }).saved).toEqual(saved)
    expect(readWall({ saved: { ...saved, name: '🏁'.repeat(61) } }).saved).toBeNull()
  })

  it('is read up to the last tile that a wall can have', () => {
    let reads = 0
    const many = Array.from({ length: 60_000 }, (_, i) => ({
      title: 'T',
      get id() {
        reads++
        return `t${i}`
      },
    }))
    const wall = readWall({ tiles: many, waiting: many.map((tile, place) => ({ tile, place })) })
    const named = readContents({ tiles: many })
    for (const read of [wall.tiles, wall.waiting, named.tiles]) expect(read).toHaveLength(MOST_TILES)
    expect(reads).toBeLessThan(10 * MOST_TILES)
  })

  it('and saved walls name each feed once', () => {
    const tiles = [{ id: 'a', title: 'A' }, { id: 'a', title: 'B' }, { title: 'C' }, { title: 'D' }]
    const named = readNamed({ name: 'n', revision: 'r', wall: { tiles } })
    expect(named.tiles.map((t) => t.title)).toEqual(['A', 'C', 'D'])
    expect(readWall({ tiles }).tiles.map((t) => t.title)).toEqual(['A'])
  })
})
