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
  /** Its keys, apart from those that all kinds have. */
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
    line: 'HLS playlist addresses that you enter yourself. Tokens in them cannot be renewed.',
    keys: ['stream'],
    start: '\n[[stream]]\nurl = ""\ntitle = ""\n',
  },
  {
    kind: 'm3u',
    label: 'M3U list',
    line: 'An IPTV channel list: an address, or a file on this machine.',
    keys: ['url', 'match'],
    start: 'url = ""\n',
  },
  {
    kind: 'json',
    label: 'JSON API',
    line: 'An address that returns JSON, and a jq program that picks out the feeds.',
    keys: ['url', 'query'],
    start: `url = ""\nquery = '''\n.feeds[] | {url, title, quality}\n'''\n`,
  },
  {
    kind: 'page',
    label: 'Web page',
    line: 'A page with feed addresses in its text, scripts or iframes. Scripts are not run.',
    keys: ['url', 'follow', 'find', 'decode'],
    start: 'url = ""\n',
  },
  {
    kind: 'command',
    label: 'Program',
    line: 'The output of yt-dlp, Streamlink or your own program. It runs on the same machine as Gridwall.',
    keys: ['command', 'format'],
    start: 'command = []\nformat = "yt-dlp"\n',
    runs: 'runs a program on the server',
  },
  {
    kind: 'browser',
    label: 'Browser',
    line: 'A page whose scripts build the token. It is opened in a headless Chromium, which takes a few seconds.',
    keys: ['url', 'match'],
    start: 'url = ""\n',
    runs: 'starts a browser on the server',
  },
  {
    kind: 'demo',
    label: 'Demo',
    line: 'Four built-in feeds with tokens that expire after 30 seconds.',
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
  if (key === '') return 'Enter a key. It names the file and identifies the source.'
  if (!KEY_FORM.test(key)) return 'Use a-z, 0-9, _ and -, and start with a letter or a digit.'
  return taken.includes(key) ? `Another source has the key ${key}. Choose a different one.` : ''
}
