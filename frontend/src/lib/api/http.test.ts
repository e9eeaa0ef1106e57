// @vitest-environment node
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Client } from './client'
import { ApiError } from './errors'
import { httpClient } from './http'

interface Asked {
  method: string
  url: string
  type: string
  body: string
  /** If-Match, or If-None-Match behind "not". */
  match: string
}

// A test server: it records requests and sends the answer that the test sets.
let server: Server
let asked: Asked[]
let answer: { status: number; body: string; etag?: string }
let client: Client
let base: string

const read = async (request: IncomingMessage): Promise<string> => {
  let body = ''
  for await (const part of request) body += String(part)
  return body
}

beforeEach(async () => {
  asked = []
  answer = { status: 200, body: '{}' }
  server = createServer((request, response) => {
    void read(request).then((body) => {
      asked.push({
        method: request.method ?? '',
        url: request.url ?? '',
        type: request.headers['content-type'] ?? '',
        body,
        match:
          request.headers['if-match'] ??
          (request.headers['if-none-match'] ? `not ${request.headers['if-none-match']}` : ''),
      })
      response.writeHead(answer.status, {
        'Content-Type': 'application/json',
        ...(answer.etag && { ETag: answer.etag }),
      })
      response.end(answer.status === 204 ? undefined : answer.body)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = httpClient(base)
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

describe('the API over HTTP', () => {
  const routes: [string, (c: Client) => Promise<unknown>, string, string, string?][] = [
    ['schedule', (c) => c.schedule(), 'GET', '/api/v1/schedule'],
    [
      'preflight',
      (c) => c.preflight('e 1', 'Race'),
      'GET',
      '/api/v1/schedule/preflight?event=e+1&session=Race',
    ],
    ['runPreflight', (c) => c.runPreflight('', ''), 'POST', '/api/v1/schedule/preflight'],
    [
      'setOpening',
      (c) => c.setOpening({ event: 'e', session: 's', open: true }),
      'PUT',
      '/api/v1/schedule/opening',
      '{"event":"e","session":"s","open":true}',
    ],
    ['rules', (c) => c.rules(), 'GET', '/api/v1/rules'],
    ['putRules', (c) => c.putRules({ rules: [] }), 'PUT', '/api/v1/rules', '{"rules":[]}'],
    ['reportCodecs', (c) => c.reportCodecs({ plays: [] }), 'PUT', '/api/v1/codecs', '{"plays":[]}'],
    ['refreshSchedule', (c) => c.refreshSchedule(), 'POST', '/api/v1/schedule/refresh'],
    [
      'sessionFeeds',
      (c) => c.sessionFeeds('a b', 'Race'),
      'GET',
      '/api/v1/schedule/feeds?event=a+b&session=Race',
    ],
    ['sessionFeeds live', (c) => c.sessionFeeds('', ''), 'GET', '/api/v1/schedule/feeds'],
    ['sources', (c) => c.sources(), 'GET', '/api/v1/sources'],
    ['sourceFile', (c) => c.sourceFile('a/b'), 'GET', '/api/v1/sources/a%2Fb'],
    ['putSource', (c) => c.putSource('k', { text: 'x = 1' }), 'PUT', '/api/v1/sources/k', '{"text":"x = 1"}'],
    [
      'enableSource',
      (c) => c.enableSource('k', { enabled: false }),
      'PUT',
      '/api/v1/sources/k/enabled',
      '{"enabled":false}',
    ],
    [
      'putSource list',
      (c) => c.putSource('k', { text: 't', list: '#EXTM3U' }),
      'PUT',
      '/api/v1/sources/k',
      '{"text":"t","list":"#EXTM3U"}',
    ],
    ['testSource file', (c) => c.testSource('k'), 'POST', '/api/v1/sources/k/test', ''],
    [
      'testSource text',
      (c) => c.testSource('k', { text: 't' }),
      'POST',
      '/api/v1/sources/k/test',
      '{"text":"t"}',
    ],
    ['guessSource', (c) => c.guessSource({ url: 'u' }), 'POST', '/api/v1/sources/guess', '{"url":"u"}'],
    ['streams', (c) => c.streams(false), 'GET', '/api/v1/streams'],
    ['streams all', (c) => c.streams(true), 'GET', '/api/v1/streams?all=true'],
    ['variants', (c) => c.variants('a b'), 'GET', '/api/v1/streams/a%20b/variants'],
    ['extract', (c) => c.extract('k'), 'POST', '/api/v1/extract?source=k'],
    ['active', (c) => c.active(), 'GET', '/api/v1/active'],
    [
      'activate',
      (c) => c.activate({ stream_id: 's', viewer: 'v' }),
      'POST',
      '/api/v1/active',
      '{"stream_id":"s","viewer":"v"}',
    ],
    ['refreshActive', (c) => c.refreshActive(), 'POST', '/api/v1/active/refresh'],
    [
      'resolve',
      (c) => c.resolve('http://h/?a=1&b=2'),
      'GET',
      '/api/v1/active/resolve?url=http%3A%2F%2Fh%2F%3Fa%3D1%26b%3D2',
    ],
    ['settings', (c) => c.settings(), 'GET', '/api/v1/settings'],
    [
      'putSettings',
      (c) => c.putSettings({ settings: { a: null } }),
      'PUT',
      '/api/v1/settings',
      '{"settings":{"a":null}}',
    ],
    ['layouts', (c) => c.layouts(), 'GET', '/api/v1/layouts'],
    ['putLayouts', (c) => c.putLayouts({ v: 1 }), 'PUT', '/api/v1/layouts', '{"v":1}'],
    ['walls', (c) => c.walls(), 'GET', '/api/v1/walls'],
    ['about', (c) => c.about(), 'GET', '/api/v1/about'],
    ['screens', (c) => c.screens(), 'GET', '/api/v1/screens'],
    ['screenStreams', (c) => c.screenStreams('a b'), 'GET', '/api/v1/screens/streams?query=a+b'],
    [
      'commandScreen',
      (c) => c.commandScreen('s', { command: 'live', arguments: {} }),
      'POST',
      '/api/v1/screens/s/commands',
      '{"command":"live","arguments":{}}',
    ],
  ]
  it.each(routes)('%s requests its route', async (_name, call, method, url, body) => {
    await expect(call(client)).resolves.toEqual({})
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ method, url })
    if (body !== undefined) expect(asked[0]?.body).toBe(body)
    // The server refuses a body without the type JSON.
    if (asked[0]?.body) expect(asked[0].type).toBe('application/json')
  })

  it('names the revision of a wall that it replaces or deletes, and reads the new one', async () => {
    answer = { status: 200, body: '{"tiles":[]}', etag: '"r2"' }
    const wall = { name: 'Race/1', revision: 'r2', wall: { tiles: [] } }
    await expect(client.wall('Race/1')).resolves.toEqual(wall)
    await expect(client.putWall('Race/1', 'r1', { tiles: [] })).resolves.toEqual(wall)
    await client.putWall('new', '0', {})
    answer = { status: 204, body: '' }
    await client.deleteWall('new', 'r3')
    expect(asked.map((a) => [a.method, a.url, a.body, a.match])).toEqual([
      ['GET', '/api/v1/walls/Race%2F1', '', ''],
      ['PUT', '/api/v1/walls/Race%2F1', '{"tiles":[]}', '"r1"'],
      ['PUT', '/api/v1/walls/new', '{}', 'not *'],
      ['DELETE', '/api/v1/walls/new', '', '"r3"'],
    ])
  })

  it('accepts an empty answer', async () => {
    answer = { status: 204, body: '' }
    await expect(client.deleteSource('k')).resolves.toBeUndefined()
    await expect(client.deactivate('s', 'me')).resolves.toBeUndefined()
    expect(asked.map((a) => `${a.method} ${a.url}`)).toEqual([
      'DELETE /api/v1/sources/k',
      'DELETE /api/v1/active/s?viewer=me',
    ])
  })

  it("passes on the server's error code and message", async () => {
    answer = {
      status: 404,
      body: '{"error":{"code":"unknown_source","message":"no source has the key \\"x\\""}}',
    }
    const thrown = await client.sourceFile('x').catch((e: unknown) => e)
    expect(thrown).toBeInstanceOf(ApiError)
    expect(thrown).toMatchObject({ code: 'unknown_source', message: 'no source has the key "x"' })
  })

  it('reports an answer that does not come from Gridwall', async () => {
    answer = { status: 200, body: '<!doctype html>' }
    await expect(client.streams(true)).rejects.toThrow(/without JSON/)
  })

  it('reports that there is no answer', async () => {
    await new Promise((closed) => server.close(closed))
    await expect(client.active()).rejects.toMatchObject({ code: 'unreachable' })
    server = createServer().listen(0, '127.0.0.1')
  })
})

/** A fake EventSource, which Node lacks; the test drives it. */
class Stream {
  static opened: Stream[] = []
  onopen: (() => void) | undefined
  onerror: (() => void) | undefined
  closed = false
  readonly listeners = new Map<string, (m: { data: string }) => void>()
  constructor(readonly url: string) {
    Stream.opened.push(this)
  }
  addEventListener(type: string, call: (m: { data: string }) => void) {
    this.listeners.set(type, call)
  }
  close() {
    this.closed = true
  }
  static last(): Stream {
    const last = Stream.opened.at(-1)
    if (!last) throw new Error('no stream was opened')
    return last
  }
}

describe('events over HTTP', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    Stream.opened = []
    vi.stubGlobal('EventSource', Stream)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('reconnects whenever the stream ends, and reports the connection', () => {
    const up: boolean[] = []
    const end = client.subscribe({ event: () => undefined, connected: (is) => up.push(is) })
    Stream.last().onopen?.()
    Stream.last().onerror?.()
    expect(up).toEqual([true, false])
    expect(Stream.last().closed).toBe(true)
    vi.advanceTimersByTime(499)
    expect(Stream.opened).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(Stream.opened).toHaveLength(2)
    // Still down: it waits twice as long.
    Stream.last().onerror?.()
    vi.advanceTimersByTime(999)
    expect(Stream.opened).toHaveLength(2)
    vi.advanceTimersByTime(1)
    Stream.last().onopen?.()
    expect(up).toEqual([true, false, false, true])
    end()
    expect(Stream.last().closed).toBe(true)
    Stream.last().onerror?.()
    vi.advanceTimersByTime(60_000)
    expect(Stream.opened).toHaveLength(3)
  })

  it('asks for the commands to its screen', () => {
    client.subscribe({ event: () => undefined, connected: () => undefined }, 'a/b')()
    expect(Stream.last().url).toBe(`${base}/api/v1/events?screen=a%2Fb`)
  })

  it('delivers events of each type, and survives a truncated one', () => {
    const types: string[] = []
    const end = client.subscribe({ event: (e) => types.push(e.type), connected: () => undefined })
    for (const type of ['streams', 'active', 'sources', 'schedule', 'notice'])
      Stream.last().listeners.get(type)?.({ data: JSON.stringify({ type, seq: 1, at: '' }) })
    Stream.last().listeners.get('active')?.({ data: '{"type":"act' })
    expect(types).toEqual(['streams', 'active', 'sources', 'schedule', 'notice'])
    end()
  })
})
