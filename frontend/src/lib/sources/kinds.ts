import { setValue } from '../toml/edit'

/** A key that only some kinds have. */
export type OwnKey =
  'url' | 'match' | 'query' | 'stream' | 'follow' | 'find' | 'decode' | 'command' | 'format'

/** A kind of source that the form knows. Others are edited as text. */
export interface Kind {
  kind: string
  label: string
  /** Its purpose, in one line. */
  line: string
  /** Its own keys, beside those that all kinds have. */
  keys: OwnKey[]
  /** The text of a new file after name and kind. */
  start: string
  /** The program that it runs on Gridwall's machine; undefined if none. */
  runs?: string
}

export const KINDS: readonly Kind[] = [
  {
    kind: 'direct',
    label: 'Fixed links',
    line: 'Addresses of HLS playlists that you write down yourself. A token in them cannot be renewed.',
    keys: ['stream'],
    start: '\n[[stream]]\nurl = ""\ntitle = ""\n',
  },
  {
    kind: 'm3u',
    label: 'M3U list',
    line: 'A list of channels as IPTV players read them: an address, or a file on this machine.',
    keys: ['url', 'match'],
    start: 'url = ""\n',
  },
  {
    kind: 'json',
    label: 'JSON API',
    line: 'An address that answers JSON, and a jq program that picks the feeds out of it.',
    keys: ['url', 'query'],
    start: `url = ""\nquery = '''\n.feeds[] | {url, title, quality}\n'''\n`,
  },
  {
    kind: 'page',
    label: 'Web page',
    line: 'A page whose text, scripts or iframes name the feeds. No script is run.',
    keys: ['url', 'follow', 'find', 'decode'],
    start: 'url = ""\n',
  },
  {
    kind: 'command',
    label: 'Program',
    line: 'What yt-dlp, Streamlink or a program of yours prints. It runs on the machine that Gridwall runs on.',
    keys: ['command', 'format'],
    start: 'command = []\nformat = "yt-dlp"\n',
    runs: 'runs a program on the server',
  },
  {
    kind: 'browser',
    label: 'Browser',
    line: 'A page whose scripts build the token: it is opened in a headless Chromium, which takes some seconds.',
    keys: ['url', 'match'],
    start: 'url = ""\n',
    runs: 'starts a browser on the server',
  },
  {
    kind: 'demo',
    label: 'Demo',
    line: 'Four feeds that Gridwall makes itself, with tokens that live 30 seconds.',
    keys: [],
    start: '',
  },
]

export const kindOf = (kind: string): Kind | undefined => KINDS.find((k) => k.kind === kind)

/** The kind in words: "M3U list"; the name of a kind that the form does not know. */
export const kindWords = (kind: string): string =>
  kindOf(kind)?.label ?? (kind === '' ? 'unknown kind' : kind)

/** The text of a new source. */
export function newText(kind: string, name = '', url = ''): string {
  const k = kindOf(kind)
  let text = setValue(`name = ""\nkind = ""\n${k?.start ?? ''}`, ['kind'], kind)
  text = setValue(text, ['name'], name)
  if (url === '') return text
  if (k?.keys.includes('stream')) return setValue(text, ['stream', 0, 'url'], url)
  if (kind === 'command') return setValue(text, ['command'], ['yt-dlp', '-J', '--no-warnings', url])
  return setValue(text, ['url'], url)
}

/** The kind that an address looks like, if the server could not look at it. */
export function kindForURL(url: string): string {
  const path = url.replace(/[?#].*$/, '').toLowerCase()
  if (path.endsWith('.m3u8')) return 'direct'
  if (/\.json$|\/api(\/|$)/.test(path)) return 'json'
  return /\.m3u$|\.php$|\/get$|[?&](type|output)=/.test(path + (/[?].*$/.exec(url)?.[0] ?? ''))
    ? 'm3u'
    : 'page'
}

/** The output formats of a program. */
export const FORMATS: readonly { value: string; label: string }[] = [
  { value: 'yt-dlp', label: 'yt-dlp -J' },
  { value: 'streamlink', label: 'streamlink --json' },
  { value: 'json', label: 'JSON: {url, title, quality, headers?}' },
  { value: 'lines', label: 'Lines: a title, a tab and an address' },
]

/** The options, with the current value even if it is not one of them. */
export const withChosen = (
  options: readonly { value: string; label: string }[],
  value: string,
): readonly { value: string; label: string }[] =>
  options.some((o) => o.value === value) ? options : [...options, { value, label: value || 'choose one' }]

/** The encodings that may hide an address on a page. */
export const DECODINGS: readonly string[] = ['base64', 'url', 'json', 'hex']

/** The format of a key, which is used in addresses and file names. */
export const KEY_FORM = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** A key derived from a name that is not one of `taken`. */
export function keyFor(name: string, taken: readonly string[]): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const key = plain.replace(/[^a-z0-9]+/g, '-').slice(0, 48).replace(/^-+|-+$/g, '') // prettier-ignore
  if (key === '' || !taken.includes(key)) return key
  let n = 2
  while (taken.includes(`${key}-${n}`)) n++
  return `${key}-${n}`
}

/** Why a key cannot be used for a new source; "" if it can. */
export function badKey(key: string, taken: readonly string[]): string {
  if (key === '') return 'A key is needed: it names the file and stands in the database.'
  if (!KEY_FORM.test(key)) return 'A key is made of a-z, 0-9, _ and -, and begins with a letter or a digit.'
  return taken.includes(key) ? `Another source has the key ${key}. Choose one that is free.` : ''
}
