// Errors in plain words and without addresses: a URL may contain a token.

import { asApiError } from '../api'

/** What was being loaded or decoded when it failed. */
export type Stage =
  'manifest' | 'playlist' | 'audio' | 'subtitle' | 'fragment' | 'key' | 'media' | 'codec' | 'other'

interface Said {
  code: string
  message: string
}

/** Reads the proxy's error from a response body: {"error": {"code", "message"}}. */
export function readAnswer(body: string): Said | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<Said> }
    if (typeof error?.code === 'string' && typeof error.message === 'string')
      return { code: error.code, message: error.message }
  } catch {
    // Not an answer of Gridwall, but of a proxy in between, or empty.
  }
  return undefined
}

const WORDS: Record<string, string> = {
  upstream_timeout: 'The CDN did not answer in time.',
  renewing: 'Its token is being renewed.',
  stopping: 'Gridwall is restarting.',
  unknown_stream: 'No source lists this feed any more.',
  unknown_rendition: 'The feed has no such quality any more.',
  segment_gone: 'The feed has moved on.',
  not_found: 'No source lists this feed any more.',
  bad_playlist: 'The CDN sends a playlist that cannot be read.',
  playlist_too_long: 'The CDN sends a playlist that has no end.',
  cookies_unreadable: 'The cookies of its source cannot be read.',
}

/** Returns why a request failed, from its status (0: no answer) and its body. */
export function whyOf(status: number, body: string, timeout: boolean): string {
  if (timeout) return 'No answer came in time.'
  if (status === 0) return 'Gridwall does not answer.'
  const said = readAnswer(body)
  if (said === undefined) return `Gridwall answers ${status}.`
  const known = WORDS[said.code]
  if (known !== undefined) return known
  return upstream(said.message)
}

/** Returns why a feed could not be opened. The API's own messages address scripts: they mention GET requests. */
export function whyNotOpened(thrown: unknown): string {
  const { code, message } = asApiError(thrown)
  return WORDS[code] ?? message
}

/** Returns why a token was not renewed. last_error itself has fixed texts that scripts rely on. */
export function renewalWords(lastError: string): string {
  const source = /^Extractor '(.*)' not found$/.exec(lastError)
  if (source) return `its source “${source[1]}” is switched off, deleted or has a mistake`
  if (lastError === 'Extractor returned no streams') return 'its source lists no feeds now'
  if (lastError === 'No matching stream in fresh results') return 'its source no longer lists this feed'
  return lastError
}

/** Separates the upstream's answer from the reason why the renewal failed. */
const RENEWAL = '; renewing the token did not help: '

function upstream(message: string): string {
  const [said = '', renewal = ''] = message.replace(/^the upstream failed: /, '').split(RENEWAL)
  const [first = ''] = said.split('; ')
  const answered = /answered (\d{3})\b/.exec(first)
  let why: string
  if (answered) why = `The CDN answers ${answered[1]}.`
  else if (/answered a web page/.test(first)) why = 'The CDN sends a web page instead of the picture.'
  else if (/connection refused|no such host|network is unreachable|no route/.test(first))
    why = `The CDN cannot be reached: ${lastPart(first)}.`
  else if (/EOF|connection reset|broken pipe/.test(first)) why = 'The CDN closed the connection.'
  else why = sentence(withoutAddresses(first))
  return renewal === '' ? why : `${why} Renewing the token did not help: ${withoutAddresses(renewal)}.`
}

const lastPart = (s: string): string => s.split(': ').at(-1) ?? s
const withoutAddresses = (s: string): string =>
  s
    .replace(/"?\bhttps?:\/\/[^\s"]+"?/g, 'the CDN')
    .replace(/\.$/, '')
    .trim()
const sentence = (s: string): string => (s === '' ? '' : s.charAt(0).toUpperCase() + s.slice(1) + '.')

/** Reasons for failures without a response. */
export const WHY: Partial<Record<Stage, string>> = {
  media: 'The picture cannot be decoded.',
  codec: 'This machine has no decoder for it. “gridwall doctor” says what to install.',
  other: 'Playback error. Restarting.',
}
