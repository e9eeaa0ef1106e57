// The sound of a wall as stored in its document. Reading skips invalid parts.

import { isFields, streamID, text, type Fields } from './text'

/** What the user chose for the sound of a feed. */
export interface FeedSound {
  /** The volume, 0 to 1. */
  level?: number
  /** −1 (left) to 1 (right). */
  pan?: number
  /** The label and the language of the audio track. */
  audio?: string
  audioLanguage?: string
}

export interface Mixer {
  /** Whether several feeds are heard; otherwise one. */
  mix: boolean
  /** The ids of the feeds that are heard in the mix. */
  on: string[]
  /** What is heard of the others while one is heard, as a part of their volume. */
  duck: number
  /** By feed id, the feeds chosen last at the end. */
  feeds: Record<string, FeedSound>
}

/** How many feeds are remembered. */
const MOST_FEEDS = 200
/** The most that is heard of the others. */
export const MOST_DUCK = 0.5

export const NO_MIXER: Mixer = { mix: false, on: [], duck: 0, feeds: {} }

const number = (v: unknown, least: number, most: number): number | undefined =>
  typeof v === 'number' && Number.isFinite(v) ? Math.min(most, Math.max(least, v)) : undefined

export function readMixer(stored: unknown): Mixer {
  if (!isFields(stored)) return NO_MIXER
  const on = Array.isArray(stored['on']) ? stored['on'] : []
  const feeds = isFields(stored['feeds']) ? Object.entries(stored['feeds']) : []
  return {
    mix: stored['mix'] === true,
    on: [...new Set(on.map(streamID))].filter((id) => id !== '').slice(-MOST_FEEDS),
    duck: number(stored['duck'], 0, MOST_DUCK) ?? 0,
    feeds: Object.fromEntries(
      feeds
        .filter((e): e is [string, Fields] => streamID(e[0]) !== '' && isFields(e[1]))
        .map(([id, f]): [string, FeedSound] => [id, readFeed(f)])
        .slice(-MOST_FEEDS),
    ),
  }
}

function readFeed(f: Fields): FeedSound {
  const sound: FeedSound = {}
  const [level, pan] = [number(f['level'], 0, 1), number(f['pan'], -1, 1)]
  if (level !== undefined) sound.level = level
  if (pan !== undefined) sound.pan = pan
  for (const key of ['audio', 'audioLanguage'] as const)
    if (typeof f[key] === 'string') sound[key] = text(f[key])
  return sound
}

/** The remembered sounds with that of one feed changed; the same object if nothing has changed. */
export function withSound(
  feeds: Record<string, FeedSound>,
  id: string,
  change: FeedSound,
): Record<string, FeedSound> {
  const before = feeds[id] ?? {}
  const after = { ...before, ...change }
  const keys = Object.keys(after) as (keyof FeedSound)[]
  if (keys.every((k) => after[k] === (before[k] ?? STANDARD[k]))) return feeds
  const rest = Object.entries(feeds).filter(([other]) => other !== id)
  return Object.fromEntries([...rest, [id, after] as const].slice(-MOST_FEEDS))
}

/** What a feed has for which nothing was chosen. */
const STANDARD: Required<FeedSound> = { level: 1, pan: 0, audio: '', audioLanguage: '' }

/** The languages of the setting "de, en": RFC 5646 tags, the preferred first. */
export const languagesOf = (setting: string): string[] =>
  setting
    .split(',')
    .map((l) => l.trim().toLowerCase())
    .filter((l) => l !== '')

/** Whether a track's language is a preferred one, or a variety of it: "en" prefers "en-GB". ISO 639-2 codes count, too. */
export function isLanguage(language: string, preferred: string): boolean {
  const [tag, wanted] = [language.toLowerCase(), preferred.toLowerCase()]
  if (tag === wanted || tag.startsWith(`${wanted}-`)) return true
  return primary(tag) === wanted
}

/** Three-letter codes that feeds use for languages with two-letter ones. */
const LONG: Record<string, string> = {
  ara: 'ar',
  ces: 'cs',
  cze: 'cs',
  dan: 'da',
  deu: 'de',
  dut: 'nl',
  ell: 'el',
  eng: 'en',
  fin: 'fi',
  fra: 'fr',
  fre: 'fr',
  ger: 'de',
  gre: 'el',
  hun: 'hu',
  ita: 'it',
  jpn: 'ja',
  kor: 'ko',
  nld: 'nl',
  nor: 'no',
  pol: 'pl',
  por: 'pt',
  rus: 'ru',
  spa: 'es',
  swe: 'sv',
  tur: 'tr',
  ukr: 'uk',
  zho: 'zh',
  chi: 'zh',
}
const primary = (tag: string): string => {
  const [first = ''] = tag.split('-')
  return LONG[first] ?? first
}
