// Errors in plain words and without addresses: a URL may contain a token.

import { asApiError } from '../api'

/** What was being loaded or decoded when it failed. */
export type Stage =
  'manifest' | 'playlist' | 'audio' | 'subtitle' | 'fragment' | 'key' | 'media' | 'codec' | 'other'

interface ErrorBody {
  code: string
  message: string
}

/** Reads the proxy's error from a response body: {"error": {"code", "message"}}. */
export function readError(body: string): ErrorBody | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<ErrorBody> }
    if (typeof error?.code === 'string' && typeof error.message === 'string')
      return { code: error.code, message: error.message }
  } catch {
    // The answer is empty, or comes from a proxy in between.
  }
  return undefined
}

const WORDS: Record<string, string> = {
  upstream_timeout: 'The CDN did not answer in time.',
  renewing: 'The token is being renewed.',
  stopping: 'Gridwall is restarting.',
  unknown_stream: 'No source lists this feed any more.',
  unknown_rendition: 'This quality is no longer available.',
  segment_gone: 'This part of the feed is no longer available.',
  not_found: 'No source lists this feed any more.',
  bad_playlist: 'The CDN sent a playlist that cannot be read.',
  playlist_too_long: 'The CDN sent a playlist that is too long.',
  cookies_unreadable: 'The cookies.txt of its source cannot be read.',
}

/** Returns why a request failed, from its status (0: no answer) and its body. */
export function whyOf(status: number, body: string, timeout: boolean): string {
  if (timeout) return 'The request timed out.'
  if (status === 0) return 'Gridwall is not responding.'
  const error = readError(body)
  if (error === undefined) return `Gridwall answered ${status}.`
  const known = WORDS[error.code]
  if (known !== undefined) return known
  return upstream(error.message)
}

/** Returns why a feed could not be opened. The API's own messages are for scripts: they mention GET requests. */
export function whyNotOpened(thrown: unknown): string {
  const { code, message } = asApiError(thrown)
  return WORDS[code] ?? message
}

/** Returns why a token was not renewed. last_error itself has fixed texts that scripts rely on. */
export function renewalWords(lastError: string): string {
  const source = /^Extractor '(.*)' not found$/.exec(lastError)
  if (source) return `its source “${source[1]}” is switched off, was deleted or has an error`
  if (lastError === 'Extractor returned no streams') return 'its source lists no feeds right now'
  if (lastError === 'No matching stream in fresh results') return 'its source no longer lists this feed'
  return lastError
}

/** The text between the upstream's answer and the reason why the renewal failed. */
const RENEWAL = '; renewing the token did not help: '

function upstream(message: string): string {
  const [failure = '', renewal = ''] = message.replace(/^the upstream failed: /, '').split(RENEWAL)
  const [first = ''] = failure.split('; ')
  const answered = /answered (\d{3})\b/.exec(first)
  let why: string
  if (answered) why = `The CDN answered ${answered[1]}.`
  else if (/answered a web page/.test(first)) why = 'The CDN sent a web page instead of video.'
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

/** Why a stage failed without a response. */
export const WHY: Partial<Record<Stage, string>> = {
  media: 'The video cannot be decoded.',
  codec: 'A decoder for this feed is missing. Run “gridwall doctor” to see what to install.',
  other: 'Playback error. Restarting.',
}
