import type { Level, Track } from './types'

/** How much a picture may be enlarged before a larger variant is worth its bytes. */
const ENLARGE = 1.25

/**
 * The best level for a picture of this height (px): the smallest that is not visibly too small, else the largest.
 * -1: no limit.
 */
export function capFor(levels: readonly Level[], height: number | null): number {
  if (height === null || levels.length < 2 || levels.every((l) => l.height === 0)) return -1
  const enough = levels.filter((l) => l.height * ENLARGE >= height)
  const smallest = Math.min(...enough.map((l) => l.height))
  if (enough.length === 0 || smallest === Math.max(...levels.map((l) => l.height))) return -1
  // Of several with that height the one with the most bits.
  return levels.reduce(
    (best, l) => (l.height === smallest && l.bitrate >= (levels[best]?.bitrate ?? 0) ? l.index : best),
    levels.findIndex((l) => l.height === smallest),
  )
}

/** The place of what bears this label, -1 if nothing does. */
export const placeOf = (list: readonly (Level | Track)[], label: string): number =>
  label === '' ? -1 : (list.find((x) => x.label === label)?.index ?? -1)

/**
 * Labels as they are shown and kept: one that stands twice is numbered, for a choice is known by its label after a
 * reload, too. Feeds name two tracks alike: subtitles of one language, with the sounds told and without.
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

/** The place of the track that was chosen: by its label, else by its language where only one has that; -1 for none. */
export function trackOf(tracks: readonly Track[], label: string, language: string): number {
  const named = placeOf(tracks, label)
  if (named >= 0 || label === '' || language === '') return named
  const same = tracks.filter((t) => t.language === language)
  return same.length === 1 ? (same[0]?.index ?? -1) : -1
}

/** Tracks by their names and languages; "": it has none. */
export const named = (tracks: readonly { name: string; language: string }[]): Track[] =>
  distinct(tracks.map(({ name, language }, i) => name || language || `Track ${i + 1}`)).map(
    (label, index) => ({
      index,
      label,
      language: tracks[index]?.language ?? '',
    }),
  )
