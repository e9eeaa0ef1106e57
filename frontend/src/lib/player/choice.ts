import type { Level, Track } from './types'

/** How much a picture may be upscaled before a larger variant is worth its bandwidth. */
const ENLARGE = 1.25

/**
 * The best level for a picture of this height (px): the smallest that is not visibly upscaled, else the largest.
 * -1: no limit.
 */
export function capFor(levels: readonly Level[], height: number | null): number {
  if (height === null || levels.length < 2 || levels.every((l) => l.height === 0)) return -1
  const enough = levels.filter((l) => l.height * ENLARGE >= height)
  const smallest = Math.min(...enough.map((l) => l.height))
  if (enough.length === 0 || smallest === Math.max(...levels.map((l) => l.height))) return -1
  // Of several levels of that height, the one with the highest bitrate.
  return levels.reduce(
    (best, l) => (l.height === smallest && l.bitrate >= (levels[best]?.bitrate ?? 0) ? l.index : best),
    levels.findIndex((l) => l.height === smallest),
  )
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

/** Tracks with their names and languages; "" if a track has none. */
export const named = (tracks: readonly { name: string; language: string }[]): Track[] =>
  distinct(tracks.map(({ name, language }, i) => name || language || `Track ${i + 1}`)).map(
    (label, index) => ({
      index,
      label,
      language: tracks[index]?.language ?? '',
    }),
  )
