import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Gridwall } from './gridwall'

/** How the upstream behaves: it works, answers 503, or drops connections. */
export type Behaviour = 'works' | 'refuses' | 'gone'

/**
 * A CDN with live feeds that fails on request, and a site that lists them. Both are a small proxy in front of a second
 * Gridwall, so playlists and media are real.
 */
export class Upstream {
  #behaviour: Behaviour = 'works'
  #behind = new Gridwall(true)
  #server: Server
  #sockets = new Set<Socket>()
  #ids: { id: string; title: string }[] = []

  constructor() {
    this.#server = createServer((q, a) => this.#answer(q, a))
    this.#server.on('connection', (s) => {
      this.#sockets.add(s)
      s.once('close', () => this.#sockets.delete(s))
    })
  }

  async start(): Promise<void> {
    await this.#behind.start()
    for (let i = 0; this.#ids.length === 0 && i < 100; i++) {
      this.#ids = (
        await this.#behind.get<{ streams: { id: string; title: string }[] }>('/api/v1/streams')
      ).streams
      if (this.#ids.length === 0) await new Promise((r) => setTimeout(r, 100))
    }
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }
  get titles(): string[] {
    return this.#ids.map((s) => s.title)
  }
  /** The address of a feed, by its title. */
  feed(title: string): string {
    const id = this.#ids.find((s) => s.title === title)?.id
    if (!id) throw new Error(`there is no feed ${title}`)
    return `${this.url}/hls/${id}/index.m3u8`
  }
  /** A source file of one feed. */
  source(title: string): string {
    return `kind = "direct"\nallow_private = true\n[[stream]]\nurl = "${this.feed(title)}"\ntitle = "${title}"\n`
  }

  /** Sets the behaviour from now on; responses in progress are aborted if it fails. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour
    if (behaviour !== 'works') for (const s of this.#sockets) s.destroy()
  }

  async stop(): Promise<void> {
    for (const s of this.#sockets) s.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.#behind.remove()
  }

  #answer(q: IncomingMessage, a: ServerResponse): void {
    if (this.#behaviour === 'gone') return void q.socket.destroy()
    if (this.#behaviour === 'refuses')
      return void a.writeHead(503, { 'content-type': 'text/plain' }).end('busy')
    const path = q.url ?? '/'
    const list = this.#ids.map((s) => ({ title: s.title, url: this.feed(s.title), note: 'live' }))
    if (path.startsWith('/api/live'))
      return void a
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ feeds: list }))
    if (path.startsWith('/list.m3u'))
      return void a
        .writeHead(200, { 'content-type': 'audio/x-mpegurl' })
        .end('#EXTM3U\n' + list.map((f) => `#EXTINF:-1,${f.title}\n${f.url}\n`).join(''))
    if (path.startsWith('/page'))
      return void a
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>A site</title>')
    if (!path.startsWith('/hls/')) return void a.writeHead(404).end()
    const behind = request(
      this.#behind.url + path,
      { method: q.method, headers: { ...q.headers, host: new URL(this.#behind.url).host } },
      (r) => {
        a.writeHead(r.statusCode ?? 502, r.headers)
        r.pipe(a)
      },
    )
    behind.on('error', () => a.destroy())
    a.on('close', () => behind.destroy())
    behind.end()
  }
}
