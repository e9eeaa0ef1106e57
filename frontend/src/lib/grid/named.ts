// Saved walls: their feeds are described by rule, so that a wall finds them tomorrow under other ids and addresses, and on
// other machines. Pure.

import type { Stream, Wall } from '../api'
import type { TileSettings } from '../player/tile.svelte'
import { isLayout, MOST_TILES, type Layout } from './arrange'
import type { StoredTile } from './document'
import { readShaping, type Shaping } from './edges'
import { fold } from './feeds'
import { cut, isFields, singleLine, streamID, text, type Fields } from './text'
import { readSettings } from './tile-settings'

/** A feed of a saved wall. */
export interface WallTile {
  kind: 'stream'
  /** The key of its source; "" if it was saved by a version that did not store it, or is not known. */
  source: string
  title: string
  /** A normalised title with * for names of the event, the session and the year; "" if the title has none. */
  pattern: string
  /** Its id when it was saved; "" in files, since ids differ from one machine to another. */
  id: string
  site_name: string
  quality: string
  settings: Partial<TileSettings>
}

/** A position that waits for a feed. */
export interface WaitingTile {
  /** Among all positions, from 0. */
  place: number
  tile: WallTile
}

/** The positions of the waiting tiles among `all`: the stored ones, as far as there are so many. */
export function placesOf(waiting: readonly WaitingTile[], all: number): number[] {
  let next = 0
  return waiting.map(({ place }, i) => {
    const at = Math.max(next, Math.min(place, all - (waiting.length - i)))
    next = at + 1
    return at
  })
}

/** A wall without a name: what is stored under one. */
export interface WallContents extends Shaping {
  layout: Layout | null
  tiles: WallTile[]
  /** Whether a newer version saved it, with parts that this version does not know. */
  newer: boolean
}

/** A wall that was saved under a name. */
export interface NamedWall extends WallContents {
  name: string
  /** The server's revision of what was read. */
  revision: string
}

/** The version of the format, and the mark of a file with a wall. */
export const VERSION = 2
export const FILE_TYPE = 'gridwall.wall'
/** The largest file that is read, in bytes. */
export const MOST_BYTES = 64 << 10
export const MOST_NAME = 60

/** Reads a tile; undefined if it names no feed. */
export function readTile(v: unknown): WallTile | undefined {
  const t = isFields(v) ? v : {}
  const tile: WallTile = {
    kind: 'stream',
    source: text(t['source']),
    title: text(t['title']),
    pattern: text(t['pattern']),
    id: streamID(t['id']),
    site_name: text(t['site_name']),
    quality: text(t['quality']),
    settings: isFields(t['settings']) ? readSettings(t['settings']) : {},
  }
  return tile.id === '' && tile.title === '' ? undefined : tile
}

/** Reads what is stored under a name, leaving out invalid parts. */
export function readContents(wall: unknown): WallContents {
  const doc = isFields(wall) ? wall : {}
  const all = (Array.isArray(doc['tiles']) ? doc['tiles'] : []).filter(isFields)
  const known = all.filter((t) => t['kind'] === undefined || t['kind'] === 'stream')
  const tiles: WallTile[] = []
  const ids = new Set<string>()
  for (const one of known) {
    if (tiles.length === MOST_TILES) break
    const tile = readTile(one)
    if (!tile || ids.has(tile.id)) continue
    if (tile.id !== '') ids.add(tile.id)
    tiles.push(tile)
  }
  const layout = doc['layout']
  return {
    layout: isLayout(layout) ? layout : null,
    ...readShaping(doc['ratio'], doc['tracks']),
    tiles,
    newer:
      (typeof doc['version'] === 'number' && doc['version'] > VERSION) ||
      known.length < all.length ||
      (typeof layout === 'string' && !isLayout(layout)),
  }
}

export const readNamed = ({ name, revision, wall }: Wall): NamedWall => ({
  name,
  revision,
  ...readContents(wall),
})

/** The document that is stored under a name. */
export function writeContents({ layout, ratio, tracks, tiles }: Omit<WallContents, 'newer'>): Fields {
  return { version: VERSION, layout, ratio, tracks, tiles }
}

/** The file of a wall: without ids, which only this machine has. */
export function writeFile(name: string, wall: WallContents): string {
  const tiles = wall.tiles.map((t): Fields => ({ ...t, id: undefined }))
  return JSON.stringify({ type: FILE_TYPE, name, ...writeContents(wall), tiles }, null, 2) + '\n'
}

/** The name for the file of a wall. */
export const fileName = (name: string): string =>
  `${name.replace(/[\\/:*?"<>|]+/g, '-').trim() || 'wall'}.gridwall.json`

/** Reads the file of a wall; undefined if it is none. */
export function readFile(content: string): { name: string; wall: WallContents } | undefined {
  let doc: unknown
  try {
    doc = JSON.parse(content)
  } catch {
    return undefined
  }
  if (!isFields(doc) || doc['type'] !== FILE_TYPE) return undefined
  const name = cut(singleLine(text(doc['name'])), MOST_NAME).trim()
  return { name: name || 'Imported wall', wall: readContents(doc) }
}

/** Words of a title that name its quality. */
const QUALITY = /\b(\d{3,4}[pi]|sd|hd|fhd|uhd|4k|8k|hevc|h26[45])\b/g

/** A title in lower case, without accents, signs and quality. */
export const normalised = (title: string): string =>
  fold(title)
    .replace(QUALITY, ' ')
    .replace(/[^\p{L}\p{N}*]+/gu, ' ')
    .trim()

/** A pattern for the title at other sessions: names of this one and years become *. "" if the title has none. */
export function patternFor(title: string, names: readonly string[]): string {
  let pattern = ` ${normalised(title.replaceAll('*', ' '))} `
  const usable = names.map(normalised).filter((n) => n.length > 2)
  for (const name of usable.sort((a, b) => b.length - a.length))
    pattern = pattern.replaceAll(` ${name} `, ' * ')
  pattern = pattern.replace(/ 20\d\d(?= )/g, ' *')
  pattern = pattern.replace(/( \*)+(?= )/g, ' *').trim()
  return pattern.includes('*') && /[\p{L}\p{N}]/u.test(pattern) ? pattern : ''
}

/** Whether a normalised title fits a pattern. */
export function fits(title: string, pattern: string): boolean {
  const parts = pattern.split('*').map((p) => p.trim())
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length < 2 || !title.startsWith(first) || !title.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = title.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= title.length - last.length
}

const titles = new WeakMap<Stream, string>()
function titleOf(s: Stream): string {
  let title = titles.get(s)
  if (title === undefined) titles.set(s, (title = normalised(s.title)))
  return title
}

/**
 * The feed of each tile; undefined where none is listed. A feed is found by its id, else by its title within its source, else
 * by its pattern there. Where the source is unknown here, as in a wall of another machine, the title decides. No feed is used
 * twice; of several, one that is not off air and has the same quality is preferred.
 */
export function findFeeds(
  tiles: readonly WallTile[],
  streams: readonly Stream[],
  taken: ReadonlySet<string> = new Set(),
): (Stream | undefined)[] {
  const used = new Set(taken)
  const found: (Stream | undefined)[] = tiles.map(() => undefined)
  const take = (i: number, feed: Stream | undefined) => {
    if (!feed) return
    found[i] = feed
    used.add(feed.id)
  }
  const ids = new Map(tiles.flatMap((t, i) => (t.id === '' ? [] : [[t.id, i] as const])))
  const sources = new Set<string>()
  const names = new Set<string>()
  for (const s of streams) {
    sources.add(s.site_key)
    names.add(s.site_name)
    const i = ids.get(s.id)
    if (i !== undefined && !used.has(s.id)) take(i, s)
  }
  const wanted = tiles.map((t) => ({ ...t, title: normalised(t.title) }))
  const listed = (t: WallTile) =>
    t.source !== '' ? sources.has(t.source) : t.site_name === '' || names.has(t.site_name)
  const here = (t: WallTile, s: Stream) =>
    t.source !== '' ? s.site_key === t.source : t.site_name === '' || s.site_name === t.site_name
  const rounds: ((t: WallTile, s: Stream) => boolean)[] = [
    (t, s) => here(t, s) && titleOf(s) === t.title,
    (t, s) => t.pattern !== '' && here(t, s) && fits(titleOf(s), t.pattern),
    (t, s) => titleOf(s) === t.title && !listed(t),
  ]
  for (const round of rounds) {
    wanted.forEach((tile, i) => {
      if (found[i] || tile.title === '') return
      let best: Stream | undefined
      const worth = (s: Stream) => (s.is_live === false ? 0 : 2) + (s.quality === tile.quality ? 1 : 0)
      for (const s of streams)
        if (!used.has(s.id) && round(tile, s) && (!best || worth(s) > worth(best))) best = s
      take(i, best)
    })
  }
  return found
}

/** A tile of the wall as a rule; `names` are those of the session that the wall shows. */
export function tileOf(tile: StoredTile, feed: Stream | undefined, names: readonly string[]): WallTile {
  return {
    kind: 'stream',
    source: feed?.site_key ?? tile.site_key ?? '',
    title: tile.title,
    pattern: patternFor(tile.title, names),
    id: tile.id,
    site_name: tile.site_name,
    quality: tile.quality,
    settings: tile.settings,
  }
}
