import type { TileSettings } from '../player/tile.svelte'
import { text } from './text'

/** Reads the settings of a stored tile, leaving out invalid ones. */
export function readSettings(f: Record<string, unknown>): Partial<TileSettings> {
  const read: Partial<TileSettings> = {}
  for (const key of ['quality', 'audio', 'audioLanguage', 'subtitle', 'subtitleLanguage'] as const) {
    if (typeof f[key] === 'string') read[key] = text(f[key])
  }
  if (typeof f['volume'] === 'number') read.volume = Math.min(1, Math.max(0, f['volume']))
  if (typeof f['offset'] === 'number' && Number.isFinite(f['offset'])) read.offset = f['offset']
  return read
}
