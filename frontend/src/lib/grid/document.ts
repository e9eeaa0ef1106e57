// The wall as stored on the server. Reading skips invalid parts; writing keeps unknown fields.

import type { Feed, TileSettings } from '../player/tile.svelte'
import type { Layouts } from './layouts'
import { readMixer, type Mixer } from './mixer'
import { isLayout, MOST_TILES, type Layout } from './arrange'
import { readShaping, type Shaping } from './edges'
import { readTile, type WaitingTile } from './named'
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

type Fields = Record<string, unknown>
const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)
const text = (v: unknown) => (typeof v === 'string' ? v : '')
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
    focus: text(doc['focus']),
    tiles: tiles(doc['tiles']),
    panel: doc['panel'] !== false,
    muted: doc['muted'] === true,
    sound: text(doc['sound']),
    mixer: readMixer(doc['mixer']),
    radio: tiles([doc['radio']])[0] ?? null,
    step: doc['step'] !== false,
    delay: delay(doc['delay']),
    session:
      text(session['event']) === ''
        ? null
        : { event: text(session['event']), session: text(session['session']) },
    waiting: list(doc['waiting']).flatMap((w) => {
      const [place, tile] = isFields(w) ? [w['place'], readTile(w['tile'])] : []
      return tile && Number.isInteger(place) && Number(place) >= 0 ? { place: Number(place), tile } : []
    }),
    saved:
      isFields(doc['saved']) && text(doc['saved']['name']) !== ''
        ? { name: text(doc['saved']['name']), revision: text(doc['saved']['revision']) }
        : null,
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
      settings: isFields(t['settings']) ? readSettings(t['settings']) : {},
    }))
    .filter((t) => t.id !== '' && !seen.has(t.id) && seen.add(t.id))
    .slice(0, MOST_TILES)
}

/** Writes the wall into the previous document. */
export function writeWall(before: Layouts, wall: WallDocument): Layouts {
  return { ...(isFields(before) ? before : {}), version: VERSION, ...wall }
}
