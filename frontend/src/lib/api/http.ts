import type { Client, Listener } from './client'
import { ApiError, asApiError, UNREACHABLE } from './errors'
import type { ApiEvent, EventType, Layouts, Wall } from './types'

const EVENT_TYPES: EventType[] = ['streams', 'active', 'sources', 'schedule', 'walls', 'notice']

/** How long to wait before a lost event stream is opened again, in ms; doubled up to the last while it fails. */
const RECONNECT_FIRST = 500
const RECONNECT_LAST = 8_000

interface Extra {
  headers?: Record<string, string>
  /** The request outlives the page. */
  keepalive?: boolean
}

interface Answer {
  body: unknown
  /** "" where the answer has none. */
  etag: string
}

const request = async <T>(base: string, method: string, path: string, body?: unknown, extra?: Extra) =>
  (await exchange(base, method, path, body, extra)).body as T

async function exchange(
  base: string,
  method: string,
  path: string,
  body?: unknown,
  { headers = {}, keepalive = false }: Extra = {},
): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(base + path, {
      method,
      headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      cache: 'no-store',
      keepalive,
    })
  } catch {
    throw new ApiError(UNREACHABLE, 'Gridwall does not answer. Trying again until it does.')
  }
  if (response.status === 204) return { body: undefined, etag: '' }
  let answer: unknown
  try {
    answer = await response.json()
  } catch {
    throw new ApiError(
      'internal',
      `${path} answered ${response.status} and no JSON. Is something else on this port?`,
    )
  }
  if (!response.ok) {
    if (response.status === 401 && typeof location !== 'undefined') location.assign('/login')
    throw asApiError((answer as { error?: unknown }).error ?? `the server answered ${response.status}`)
  }
  return { body: answer, etag: response.headers.get('ETag') ?? '' }
}

const plain = <T>({ body }: Answer): T => body as T

/** The answer to a request for one wall: what was saved, with its revision as ETag. */
const wallOf =
  (name: string) =>
  ({ body, etag }: Answer): Wall => ({
    name,
    revision: etag.replace(/^(W\/)?"|"$/g, ''),
    wall: body as Layouts,
  })

/** A revision as a precondition (RFC 9110, 13.1): one that is there, or "0" for none. */
const seen = (revision: string): Record<string, string> =>
  revision === '0' ? { 'If-None-Match': '*' } : { 'If-Match': `"${revision}"` }

const query = (parameters: Record<string, string>): string => {
  const filled = Object.entries(parameters).filter(([, v]) => v !== '')
  return filled.length === 0 ? '' : '?' + new URLSearchParams(filled).toString()
}
const segment = encodeURIComponent

/** The facade over HTTP and server-sent events. base is "" on the page's own server. */
export function httpClient(base = ''): Client {
  const get = <T>(path: string, read = plain<T>) => exchange(base, 'GET', path).then(read)
  const post = <T>(path: string, body?: unknown) => request<T>(base, 'POST', path, body)
  const put = <T>(path: string, body: unknown, headers = {}, read = plain<T>) =>
    exchange(base, 'PUT', path, body, { headers }).then(read)
  return {
    schedule: () => get('/api/v1/schedule'),
    refreshSchedule: () => post('/api/v1/schedule/refresh'),
    sessionFeeds: (event, session) => get('/api/v1/schedule/feeds' + query({ event, session })),
    calendars: () => get('/api/v1/calendars'),
    putCalendars: (change) => put('/api/v1/calendars', change),
    tryCalendar: (setting) => post('/api/v1/calendars/try', setting),
    preflight: (event, session) => get('/api/v1/schedule/preflight' + query({ event, session })),
    runPreflight: (event, session) => post('/api/v1/schedule/preflight' + query({ event, session })),
    setOpening: (opening) => put('/api/v1/schedule/opening', opening),
    rules: () => get('/api/v1/rules'),
    putRules: (list) => put('/api/v1/rules', list),
    previewRule: (trial) => post('/api/v1/rules/preview', trial),
    sources: () => get('/api/v1/sources'),
    sourceFile: (key) => get(`/api/v1/sources/${segment(key)}`),
    putSource: (key, text, list) => put(`/api/v1/sources/${segment(key)}`, { text, list }),
    enableSource: (key, enabled) => put(`/api/v1/sources/${segment(key)}/enabled`, { enabled }),
    deleteSource: (key) => request(base, 'DELETE', `/api/v1/sources/${segment(key)}`),
    testSource: (key, text, list) =>
      post(`/api/v1/sources/${segment(key)}/test`, text === '' ? undefined : { text, list }),
    guessSource: (url) => post('/api/v1/sources/guess', { url }),
    streams: (all) => get('/api/v1/streams' + query({ all: all ? '1' : '' })),
    streamChanges: (since) => get('/api/v1/streams/changes' + query({ since })),
    variants: (id) => get(`/api/v1/streams/${segment(id)}/variants`),
    extract: (key) => post('/api/v1/extract' + query({ source: key })),
    active: () => get('/api/v1/active'),
    activate: (activation) => post('/api/v1/active', activation),
    // It outlives the page: who closes it gives its leases back.
    deactivate: (id, viewer) =>
      request(base, 'DELETE', `/api/v1/active/${segment(id)}${query({ viewer })}`, undefined, {
        keepalive: true,
      }),
    refreshActive: () => post('/api/v1/active/refresh'),
    resolve: (url) => get('/api/v1/active/resolve' + query({ url })),
    settings: () => get('/api/v1/settings'),
    putSettings: (change) => put('/api/v1/settings', change),
    layouts: () => get('/api/v1/layouts'),
    putLayouts: (doc) => put('/api/v1/layouts', doc),
    walls: () => get('/api/v1/walls'),
    wall: (name) => get(`/api/v1/walls/${segment(name)}`, wallOf(name)),
    putWall: (name, change) =>
      put(`/api/v1/walls/${segment(name)}`, change.wall, seen(change.revision), wallOf(name)),
    deleteWall: (name, revision) =>
      request(base, 'DELETE', `/api/v1/walls/${segment(name)}`, undefined, { headers: seen(revision) }),
    about: () => get('/api/v1/about'),
    reportCodecs: (codecs) => put('/api/v1/codecs', codecs),
    subscribe: (listener) => subscribe(base + '/api/v1/events', listener),
  }
}

/** Ends the login of this browser. */
export const logOut = (base = ''): Promise<void> => request(base, 'POST', '/logout')

/** Opens the event stream, and opens it again whenever it ends: EventSource alone gives up on some answers. */
function subscribe(url: string, listener: Listener): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = RECONNECT_FIRST
  let ended = false
  const open = () => {
    const opened = new EventSource(url)
    source = opened
    opened.onopen = () => {
      wait = RECONNECT_FIRST
      listener.connected(true)
    }
    opened.onerror = () => {
      opened.close()
      if (ended || source !== opened) return
      listener.connected(false)
      timer = setTimeout(open, wait)
      wait = Math.min(wait * 2, RECONNECT_LAST)
    }
    for (const type of EVENT_TYPES) {
      opened.addEventListener(type, (message) => {
        try {
          listener.event(JSON.parse((message as MessageEvent<string>).data) as ApiEvent)
        } catch {
          // A proxy in between cut it: what it said is fetched with the next event.
        }
      })
    }
  }
  open()
  return () => {
    ended = true
    clearTimeout(timer)
    source?.close()
  }
}
