// The wall as stored on the server. Reading skips invalid parts; writing keeps unknown fields.

import type { Wall } from '../api'
import type { Feed, TileSettings } from '../player/tile.svelte'
import type { Layouts } from './layouts'
import { isLayout, MOST_TILES, type Layout } from './arrange'
import { readShaping, type Shaping } from './edges'

/** A stored tile. */
export interface StoredTile extends Feed {
  settings: Partial<TileSettings>
}

/** The session that a wall was opened for. */
export interface WallSession {
  event: string
  session: string
}

/** A wall that was saved under a name. */
export interface NamedWall extends Shaping {
  name: string
  /** The server's revision of what was read. */
  revision: string
  layout: Layout | null
  tiles: StoredTile[]
}

export interface WallDocument extends Shaping {
  /** null: as in the settings. */
  layout: Layout | null
  /** The id of the tile in focus; "" for none. */
  focus: string
  tiles: StoredTile[]
  /** Whether the list of feeds is shown. */
  panel: boolean
  muted: boolean
  /** The id of the tile that the sound is pinned to; "" if the sound follows the focus. */
  sound: string
  /** Whether the feeds are kept in sync. */
  step: boolean
  session: WallSession | null
}

/** The maximum number of saved walls. */
export const MOST_NAMED = 50

const VERSION = 1

type Fields = Record<string, unknown>
const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)
const text = (v: unknown) => (typeof v === 'string' ? v : '')
const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : [])
const layout = (v: unknown) => (isLayout(v) ? v : null)

/** Reads a document, leaving out invalid parts. */
export function readWall(stored: unknown): WallDocument {
  const doc = isFields(stored) ? stored : {}
  const session = isFields(doc['session']) ? doc['session'] : {}
  return {
    layout: layout(doc['layout']),
    ...readShaping(doc['ratio'], doc['tracks']),
    focus: text(doc['focus']),
    tiles: tiles(doc['tiles']),
    panel: doc['panel'] !== false,
    muted: doc['muted'] === true,
    sound: text(doc['sound']),
    step: doc['step'] !== false,
    session:
      text(session['event']) === ''
        ? null
        : { event: text(session['event']), session: text(session['session']) },
  }
}

/** Reads a saved wall, leaving out invalid parts. */
export function readNamed({ name, revision, wall }: Wall): NamedWall {
  const doc = isFields(wall) ? wall : {}
  return {
    name,
    revision,
    layout: layout(doc['layout']),
    ...readShaping(doc['ratio'], doc['tracks']),
    tiles: tiles(doc['tiles']),
  }
}

function tiles(v: unknown): StoredTile[] {
  const seen = new Set<string>()
  return list(v)
    .filter(isFields)
    .map((t) => ({
      id: text(t['id']),
      title: text(t['title']),
      site_name: text(t['site_name']),
      quality: text(t['quality']),
      ...(text(t['site_key']) !== '' && { site_key: text(t['site_key']) }),
      settings: isFields(t['settings']) ? settings(t['settings']) : {},
    }))
    .filter((t) => t.id !== '' && !seen.has(t.id) && seen.add(t.id))
    .slice(0, MOST_TILES)
}

function settings(f: Fields): Partial<TileSettings> {
  const read: Partial<TileSettings> = {}
  for (const key of ['quality', 'audio', 'audioLanguage', 'subtitle', 'subtitleLanguage'] as const) {
    if (typeof f[key] === 'string') read[key] = f[key]
  }
  if (typeof f['volume'] === 'number') read.volume = Math.min(1, Math.max(0, f['volume']))
  if (typeof f['offset'] === 'number' && Number.isFinite(f['offset'])) read.offset = f['offset']
  return read
}

/** Writes the wall into the previous document. */
export function writeWall(before: Layouts, wall: WallDocument): Layouts {
  return { ...(isFields(before) ? before : {}), version: VERSION, ...wall }
}
