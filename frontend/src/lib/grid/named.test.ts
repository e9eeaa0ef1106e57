import { describe, expect, it } from 'vitest'
import type { Stream } from '../api'
import {
  fileName,
  findFeeds,
  fits,
  normalised,
  patternFor,
  readContents,
  readFile,
  tileOf,
  writeContents,
  writeFile,
  type WallTile,
} from './named'

const feed = (id: string, title: string, rest: Partial<Stream> = {}) =>
  ({ id, title, site_key: 'club', site_name: 'Club TV', quality: '720p', is_live: true, ...rest }) as Stream
const tile = (title: string, rest: Partial<WallTile> = {}): WallTile => ({
  kind: 'stream',
  source: 'club',
  title,
  pattern: '',
  id: '',
  site_name: 'Club TV',
  quality: '720p',
  settings: {},
  ...rest,
})

describe('a feed of a saved wall', () => {
  const find = (tiles: WallTile[], streams: Stream[]) => findFeeds(tiles, streams).map((s) => s?.id ?? '–')

  it('is found under another id by its title, whatever its case, accents, signs and quality', () => {
    const streams = [feed('1', 'World Feed (1080p)'), feed('2', 'Onboard 4: Núñez'), feed('3', 'Onboard 44')]
    expect(find([tile('WORLD FEED'), tile('onboard 4 – Nunez 720p'), tile('Onboard 44')], streams)).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  it('is found by its id first, and none is used twice', () => {
    const streams = [feed('a', 'World feed'), feed('b', 'World feed')]
    expect(find([tile('World feed'), tile('Renamed', { id: 'a' }), tile('World feed')], streams)).toEqual([
      'b',
      'a',
      '–',
    ])
  })

  it('is found at the next session by its pattern', () => {
    const pattern = patternFor('F1 Monaco Grand Prix 2026 | Race | World feed', ['Monaco', 'Race'])
    expect(pattern).toBe('f1 * grand prix * world feed')
    const saved = tile('F1 Monaco Grand Prix 2026 | Race | World feed', { pattern })
    const next = [
      feed('x', 'F1 Spa Grand Prix 2027 | Race | Pit lane'),
      feed('y', 'F1 Spa Grand Prix 2027 | Sprint | World feed'),
    ]
    expect(find([saved], next)).toEqual(['y'])
    expect([patternFor('World feed', ['Monaco']), patternFor('Monaco', ['Monaco'])]).toEqual(['', ''])
    expect([fits('a b', 'a * b'), fits('ab', 'ab'), fits('a c', 'a * b'), fits('x', '*')]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('is one of its own source, unless that source is unknown here', () => {
    const other = feed('o', 'World feed', { site_key: 'iptv', site_name: 'IPTV' })
    expect(find([tile('World feed')], [other, feed('t', 'Timing')])).toEqual(['–'])
    expect(find([tile('World feed')], [other])).toEqual(['o'])
    expect(
      find([tile('World feed', { source: '', site_name: 'IPTV' })], [other, feed('c', 'World feed')]),
    ).toEqual(['o'])
  })

  it('is rather one that is not off air, and of the same quality', () => {
    const streams = [
      feed('off', 'World feed', { is_live: false }),
      feed('low', 'World feed', { quality: '360p' }),
      feed('same', 'World feed'),
    ]
    expect(find([tile('World feed')], streams)).toEqual(['same'])
    expect(find([tile('World feed')], streams.slice(0, 1))).toEqual(['off'])
    expect(find([tile('')], [feed('u', '')])).toEqual(['–'])
  })

  it('is found among 50,000 in no time', () => {
    const many = Array.from({ length: 50_000 }, (_, i) =>
      feed(String(i), `Channel ${i}`, { site_key: `s${i % 5}` }),
    )
    const wanted = Array.from({ length: 9 }, (_, i) => tile(`Channel ${49_000 + i}`, { source: `s${i % 5}` }))
    findFeeds(wanted, many)
    const from = performance.now()
    expect(findFeeds(wanted, many).every((s) => s)).toBe(true)
    expect(performance.now() - from).toBeLessThan(300)
  })
})

describe('a stored wall', () => {
  it('of an older version is read: its tiles have only ids', () => {
    const read = readContents({
      layout: '1+3',
      tiles: [
        { id: 'a', title: 'World', site_name: 'Club', quality: '720p', settings: { volume: 0.4 } },
        7,
        {},
      ],
    })
    expect(read).toMatchObject({ layout: '1+3', ratio: null, newer: false })
    expect(read.tiles).toEqual([
      tile('World', { id: 'a', source: '', site_name: 'Club', settings: { volume: 0.4 } }),
    ])
  })

  it('is read as it was written', () => {
    const wall = {
      layout: '1+4' as const,
      ratio: 0.75,
      tracks: { '2x2': { columns: [0.4, 0.6], rows: [0.5, 0.5] } },
      tiles: [tile('World feed', { id: 'w', pattern: 'a * b' })],
    }
    expect(readContents(JSON.parse(JSON.stringify(writeContents(wall))))).toEqual({ ...wall, newer: false })
  })

  it('of a newer version is read as far as it is known, and says so', () => {
    expect(
      readContents({ version: 9, layout: '4x4', tiles: [{ kind: 'data', source: 'x', title: 'T' }] }),
    ).toEqual({
      layout: null,
      ratio: null,
      tracks: {},
      tiles: [],
      newer: true,
    })
    expect(readContents({ tiles: [{ kind: 'data', title: 'T' }, tile('World')] })).toMatchObject({
      newer: true,
      tiles: [{ title: 'World' }],
    })
  })
})

describe('the file of a wall', () => {
  const saved = {
    ...readContents({}),
    tiles: [
      tileOf(
        { id: 'w', title: 'World feed', site_name: 'Club TV', quality: '720p', settings: {} },
        feed('w', 'World feed'),
        [],
      ),
    ],
  }
  it('has rules instead of ids, and is read again', () => {
    const content = writeFile('Monaco', saved)
    expect(content).not.toContain('"id"')
    expect(JSON.parse(content)).toMatchObject({
      type: 'gridwall.wall',
      version: 2,
      name: 'Monaco',
      tiles: [{ kind: 'stream', source: 'club', title: 'World feed' }],
    })
    expect(readFile(content)).toEqual({
      name: 'Monaco',
      wall: { ...saved, tiles: [{ ...saved.tiles[0], id: '' }] },
    })
    expect(fileName('Spa: race/day')).toBe('Spa- race-day.gridwall.json')
  })

  it('is recognised by its mark alone', () => {
    for (const other of [
      '',
      '{',
      '[]',
      'null',
      '{"tiles":[]}',
      '{"type":"gridwall.offsets"}',
      '"gridwall.wall"',
    ])
      expect(readFile(other), other).toBeUndefined()
    expect(readFile('{"type":"gridwall.wall","tiles":"x","name":7}')).toEqual({
      name: 'Imported wall',
      wall: { ...readContents({}) },
    })
  })

  it('gets a name that a wall can have', () => {
    const named = (name: string) => readFile(JSON.stringify({ type: 'gridwall.wall', name }))?.name
    expect(named(' \u200bRace\u202e\n day\u0085\ufeff ')).toBe('Race day')
    expect(named('\u200b')).toBe('Imported wall')
    expect(named('🏁'.repeat(70))).toBe('🏁'.repeat(60))
  })

  it('compares titles without what changes', () => {
    expect(normalised('  F1:  MÓNACO — World-Feed [FHD 1080p] ')).toBe('f1 monaco world feed')
  })
})
