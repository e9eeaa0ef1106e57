/** Where an address begins in a text, with or without its scheme: host and all that follows up to a blank or a quote. */
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi
/** What is left of addresses: a path with a query. */
const QUERY = /(\/[^\s"'<>`?]*)\?[^\s"'<>`…][^\s"'<>`]*/g
/** A header whose value is a permission, to the end of its line or quote. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:key|token|auth)[\w-]*)(["']?\s*[:=]\s*["']?)[^"'\r\n]+/gi
/** A value that stands beside its name. */
const PAIR =
  /\b([\w-]*(?:token|passw(?:or)?d|secret|api[-_]?key|signature|hmac|hdnts|hdnea|session(?:id)?))(["']?\s*[:=]\s*["']?)[^\s"'&;,…]+/gi
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi
/** A piece of a path that is a permission: Akamai's, Bunny's, Google's, a JSON web token, nginx's <md5>,<unix>. */
const PIECE =
  /^(?:.*(?:exp=|hmac=|token=|sign=|signature=).*|eyJ[\w-]+\.[\w-]+\.[\w-]*|[\w-]{16,},\d{9,11})$/i
/** User and password in the paths of IPTV providers. */
const PROVIDER =
  /^(\/(?:(?:live|movie|series|timeshift|hls|hlsr|streaming\/timeshift)\/)?)[^/]+\/[^/]+\/((?:[0-9]+\/[0-9:_-]+\/)?[0-9]+(?:\.(?:ts|m3u8|mp4|mkv))?)$/

function plain(piece: string): string {
  try {
    return decodeURIComponent(piece)
  } catch {
    return piece
  }
}

function address(text: string): string {
  const end = /[.,;:)\]}]*$/.exec(text)?.[0] ?? ''
  const m = /^([^/]*:\/\/)([^/?#]*)([^?#]*)(\?)?/.exec(text.slice(0, text.length - end.length))
  if (!m) return '…'
  const [, scheme = '', authority = '', path = '', query = ''] = m
  const pieces = path.split('/').map((p) => (PIECE.test(plain(p)) ? '…' : p))
  const shown = pieces.join('/').replace(PROVIDER, '$1…/…/$2')
  return `${scheme}${authority.slice(authority.lastIndexOf('@') + 1)}${shown}${query === '' ? '' : '?…'}${end}`
}

/**
 * A text without what could be a permission: an address keeps its host and its place; a header that logs in, and a value
 * that stands beside a name such as token, keep their names. The program's own texts come so already, but a site's titles
 * do not.
 */
export const redacted = (text: string): string =>
  text
    .replace(ADDRESS, address)
    .replace(QUERY, '$1?…')
    .replace(HEADER, '$1$2…')
    .replace(BEARER, '$1 …')
    .replace(PAIR, '$1$2…')
