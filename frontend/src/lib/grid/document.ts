// The wall as stored on the server. Reading skips invalid parts; writing keeps unknown fields.

import type { Feed, TileSettings } from '../player/tile.svelte'
import type { Layouts } from './layouts'
import { readMixer, type Mixer } from './mixer'
import { isLayout, MOST_TILES, type Layout } from './arrange'
import { readShaping, type Shaping } from './edges'
import { MOST_NAME, readTile, type WaitingTile } from './named'
import { isFields, streamID, text } from './text'
import { readSettings } from './tile-settings'

/** A stored tile. */
export interface StoredTile extends Feed {
  settings: Partial<TileSettings>
}

/** The session that a wall was opened for. */
export interface WallSession {
  event: string
  session: string
}

/** The saved wall that a page has opened or saved, and its revision then. */
export interface SavedAs {
  name: string
  revision: string
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
  /** Which feeds are heard besides, and how. */
  mixer: Mixer
  /** The stream of which only the sound is played. */
  radio: StoredTile | null
  /** Whether the feeds are kept in sync. */
  step: boolean
  /** How many seconds behind live all feeds are; null: no common delay. */
  delay: number | null
  session: WallSession | null
  /** The positions that wait for feeds which no source lists now. */
  waiting: readonly WaitingTile[]
  /** The saved wall that this one was opened from or saved as. */
  saved: SavedAs | null
}

/** The maximum number of saved walls. */
export const MOST_NAMED = 50

const VERSION = 1

const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : [])
const delay = (v: unknown) => (typeof v === 'number' && v >= 0 && v <= 3600 ? v : null)
const layout = (v: unknown) => (isLayout(v) ? v : null)

/** Reads a document, leaving out invalid parts. */
export function readWall(stored: unknown): WallDocument {
  const doc = isFields(stored) ? stored : {}
  const session = isFields(doc['session']) ? doc['session'] : {}
  return {
    layout: layout(doc['layout']),
    ...readShaping(doc['ratio'], doc['tracks']),
    focus: streamID(doc['focus']),
    tiles: tiles(doc['tiles']),
    panel: doc['panel'] !== false,
    muted: doc['muted'] === true,
    sound: streamID(doc['sound']),
    mixer: readMixer(doc['mixer']),
    radio: tiles([doc['radio']])[0] ?? null,
    step: doc['step'] !== false,
    delay: delay(doc['delay']),
    session:
      text(session['event']) === ''
        ? null
        : { event: text(session['event']), session: text(session['session']) },
    waiting: waiting(doc['waiting']),
    saved: savedAs(doc['saved']),
  }
}

function waiting(v: unknown): WaitingTile[] {
  const read: WaitingTile[] = []
  for (const one of list(v)) {
    if (read.length === MOST_TILES) break
    const [place, tile] = isFields(one) ? [one['place'], readTile(one['tile'])] : []
    if (tile && Number.isInteger(place) && Number(place) >= 0) read.push({ place: Number(place), tile })
  }
  return read
}

/** null for a name that no wall can have. */
function savedAs(v: unknown): SavedAs | null {
  const name = isFields(v) ? text(v['name'], MOST_NAME + 1) : ''
  if (!isFields(v) || name === '' || [...name].length > MOST_NAME) return null
  return { name, revision: text(v['revision']) }
}

function tiles(v: unknown): StoredTile[] {
  const read = new Map<string, StoredTile>()
  for (const t of list(v)) {
    if (read.size === MOST_TILES) break
    const id = isFields(t) ? streamID(t['id']) : ''
    if (!isFields(t) || id === '' || read.has(id)) continue
    read.set(id, {
      id,
      title: text(t['title']),
      site_name: text(t['site_name']),
      quality: text(t['quality']),
      ...(text(t['site_key']) !== '' && { site_key: text(t['site_key']) }),
      settings: isFields(t['settings']) ? readSettings(t['settings']) : {},
    })
  }
  return [...read.values()]
}

/** Writes the wall into the previous document. */
export function writeWall(before: Layouts, wall: WallDocument): Layouts {
  return { ...(isFields(before) ? before : {}), version: VERSION, ...wall }
}
