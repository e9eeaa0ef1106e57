import type { Client, Listener } from './client'
import { ApiError, asApiError, UNREACHABLE } from './errors'
import { eventTypes, routes, type Operations, type Route } from './generated/operations'
import type { ApiEvent, Wall } from './types'

/** Delay before a lost event stream is reopened, in ms; doubled after each failure up to the maximum. */
const RECONNECT_FIRST = 500
const RECONNECT_LAST = 8_000

interface Extra {
  headers?: Record<string, string>
  /** Whether the request may outlive the page. */
  keepalive?: boolean
}

/** A response; status 0 if there was none. */
export interface Received {
  status: number
  text: string
  /** "" if the response has none. */
  etag: string
}
/** Sends a request to the server. */
export type Send = (method: string, path: string, body: string | undefined, extra: Extra) => Promise<Received>

interface Answer {
  body: unknown
  etag: string
}

async function exchange(
  send: Send,
  method: string,
  path: string,
  body?: unknown,
  extra: Extra = {},
): Promise<Answer> {
  const { status, text, etag } = await send(
    method,
    path,
    body === undefined ? undefined : JSON.stringify(body),
    extra,
  )
  if (status === 0) throw new ApiError(UNREACHABLE, 'Gridwall is not responding. Reconnecting…')
  if (status === 204) return { body: undefined, etag: '' }
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw new ApiError(
      'internal',
      `${path} answered ${status} without JSON. Is another program using this port?`,
    )
  }
  if (status < 200 || status > 299)
    throw asApiError((answer as { error?: unknown }).error ?? `the server answered ${status}`)
  return { body: answer, etag }
}

/** Sends requests with fetch. base is "" on the page's own server. */
const fetchFrom =
  (base: string): Send =>
  async (method, path, body, { headers = {}, keepalive = false }) => {
    try {
      const response = await fetch(base + path, {
        method,
        headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
        body: body ?? null,
        cache: 'no-store',
        keepalive,
      })
      const text = await response.text()
      if (response.status === 401 && typeof location !== 'undefined')
        location.assign('/login' + location.hash)
      return { status: response.status, text, etag: response.headers.get('ETag') ?? '' }
    } catch {
      return { status: 0, text: '', etag: '' }
    }
  }

/** The request for an operation. Its route says where each argument goes; "" and false are left out of the query. */
function operation(send: Send, { verb, path, places }: Route) {
  return async (...args: unknown[]): Promise<unknown> => {
    let body: unknown
    let target = path
    const query = new URLSearchParams()
    places.forEach((place, i) => {
      const value = args[i]
      if (place === 'body') body = value
      else if (path.includes(`{${place}}`))
        target = target.replace(`{${place}}`, () => encodeURIComponent(String(value)))
      else if (value !== undefined && value !== '' && value !== false) query.set(place, String(value))
    })
    if (query.size > 0) target += `?${query.toString()}`
    // A page that is being closed still ends its leases.
    return (await exchange(send, verb, target, body, { keepalive: verb === 'DELETE' })).body
  }
}

type Regular = Pick<Operations, keyof typeof routes>

/** A revision as a precondition (RFC 9110, section 13.1); "0" means that the wall does not exist yet. */
const precondition = (revision: string): Record<string, string> =>
  revision === '0' ? { 'If-None-Match': '*' } : { 'If-Match': `"${revision}"` }

/** Saved walls are plain documents over HTTP; their revision is the ETag. */
function savedWalls(send: Send): Omit<Operations, keyof Regular> {
  const path = (name: string) => `/api/v1/walls/${encodeURIComponent(name)}`
  const wallOf = (name: string, { body, etag }: Answer): Wall => ({
    name,
    revision: etag.replace(/^(W\/)?"|"$/g, ''),
    wall: body,
  })
  return {
    wall: async (name) => wallOf(name, await exchange(send, 'GET', path(name))),
    putWall: async (name, revision, wall) =>
      wallOf(name, await exchange(send, 'PUT', path(name), wall, { headers: precondition(revision) })),
    deleteWall: async (name, revision) => {
      await exchange(send, 'DELETE', path(name), undefined, { headers: precondition(revision) })
    },
  }
}

/** The operations of the API, as requests that `send` sends. */
export function operationsOver(send: Send): Operations {
  const regular = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [name, operation(send, route)]),
  ) as unknown as Regular
  return { ...regular, ...savedWalls(send) }
}

/** The API over HTTP and server-sent events. base is "" on the page's own server. */
export const httpClient = (base = ''): Client => ({
  ...operationsOver(fetchFrom(base)),
  subscribe: (listener, screen) =>
    subscribe(`${base}/api/v1/events${screen ? `?screen=${encodeURIComponent(screen)}` : ''}`, listener),
})

/** Ends the login of this browser. */
export const logOut = async (base = ''): Promise<void> => {
  await exchange(fetchFrom(base), 'POST', '/logout')
}

/** Opens the event stream, and reopens it whenever it ends: EventSource alone gives up after some answers. */
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
    for (const type of eventTypes) {
      opened.addEventListener(type, (message) => {
        try {
          listener.event(JSON.parse((message as MessageEvent<string>).data) as ApiEvent)
        } catch {
          // A proxy truncated the event. The next one makes the page fetch what has changed.
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
