import { isLanguage } from '../grid/mixer'
import type { Level, Track } from './types'

/** How much a picture may be upscaled before a larger variant is worth its bandwidth. */
const ENLARGE = 1.25

/** The room for a picture, in px. */
export interface Room {
  width: number
  height: number
}

/** The height at which a level's picture is shown: all of it is shown, so its width may limit it. */
function shownHeight(level: Level, room: Room): number {
  const shape = level.width && level.height ? level.width / level.height : 16 / 9
  return Math.min(room.height, room.width / shape)
}

/**
 * The best level for a picture in this room: the smallest that is not visibly upscaled, else the largest.
 * -1: no limit.
 */
export function capFor(levels: readonly Level[], room: Room | null): number {
  if (room === null || levels.length < 2 || levels.every((l) => l.height === 0)) return -1
  const enough = levels.filter((l) => l.height * ENLARGE >= shownHeight(l, room))
  const smallest = Math.min(...enough.map((l) => l.height))
  if (enough.length === 0 || smallest === Math.max(...levels.map((l) => l.height))) return -1
  return bestOf(levels, smallest)
}

/** Of the levels of this height, the one with the highest bitrate. */
const bestOf = (levels: readonly Level[], height: number): number =>
  levels.reduce(
    (best, l) => (l.height === height && l.bitrate >= (levels[best]?.bitrate ?? 0) ? l.index : best),
    levels.findIndex((l) => l.height === height),
  )

/** The stricter of a cap and a ceiling (px of height; null: none), as a cap. */
export function capUnder(levels: readonly Level[], cap: number, ceiling: number | null): number {
  if (ceiling === null) return cap
  const limit = Math.min(ceiling, levels[cap]?.height ?? Infinity)
  const fitting = levels.map((l) => l.height).filter((h) => h > 0 && h <= limit)
  return fitting.length === 0 ? cap : bestOf(levels, Math.max(...fitting))
}

/** The next smaller height of a level than this one; null if there is none. */
export function lowerHeight(levels: readonly Level[], height: number): number | null {
  const lower = levels.map((l) => l.height).filter((h) => h > 0 && h < height)
  return lower.length === 0 ? null : Math.max(...lower)
}
/** The next larger one. */
export function higherHeight(levels: readonly Level[], height: number): number | null {
  const higher = levels.map((l) => l.height).filter((h) => h > height)
  return higher.length === 0 ? null : Math.min(...higher)
}

/** The index of the item with this label, -1 if there is none. */
export const indexOfLabel = (list: readonly (Level | Track)[], label: string): number =>
  label === '' ? -1 : (list.find((x) => x.label === label)?.index ?? -1)

/**
 * Labels as they are shown and stored. Duplicates are numbered, because a choice is identified by its label after a
 * reload. Feeds do give two tracks one name: subtitles in one language with and without sound descriptions.
 */
export function distinct(labels: readonly string[]): string[] {
  const taken = new Set(labels)
  const seen = new Set<string>()
  return labels.map((label) => {
    let own = label
    for (let n = 2; seen.has(own) || (own !== label && taken.has(own)); n++) own = `${label} ${n}`
    seen.add(own)
    return own
  })
}

/** The index of the chosen track: by its label, else by its language if only one track has it; -1 for none. */
export function trackOf(tracks: readonly Track[], label: string, language: string): number {
  const named = indexOfLabel(tracks, label)
  if (named >= 0 || label === '' || language === '') return named
  const same = tracks.filter((t) => t.language === language)
  return same.length === 1 ? (same[0]?.index ?? -1) : -1
}

/** The index of the first track in the most preferred language that the feed has; -1 for none. */
export function preferredTrack(tracks: readonly Track[], languages: readonly string[]): number {
  for (const language of languages) {
    const track = tracks.find((t) => isLanguage(t.language, language))
    if (track) return track.index
  }
  return -1
}

/** Tracks with their names and languages; "" if a track has none. */
export const named = (tracks: readonly { name: string; language: string }[]): Track[] =>
  distinct(tracks.map(({ name, language }, i) => name || language || `Track ${i + 1}`)).map(
    (label, index) => ({
      index,
      label,
      language: tracks[index]?.language ?? '',
    }),
  )
