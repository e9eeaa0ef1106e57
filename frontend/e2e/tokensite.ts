import { execFileSync } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The duration of a segment in s, the number of segments in a playlist, and in total. */
const SEGMENT = 2
const WINDOW = 8
const SEGMENTS = 240

/** A Streamlink plugin for the site. */
export const STREAMLINK_PLUGIN = `import re
from streamlink.plugin import Plugin, pluginmatcher
from streamlink.stream.hls import HLSStream

@pluginmatcher(re.compile(r"http://127\\.0\\.0\\.1:\\d+/live"))
class Club(Plugin):
    def _get_streams(self):
        found = re.search(r'data-club="([^"]+)"', self.session.http.get(self.url).text)
        return {"live": HLSStream(self.session, found[1])}

__plugin__ = Club
`

/**
 * A site with a page, a list or an API for each kind of source, and a CDN that requires tokens. The site expires a feed's
 * tokens on request, not by time, so that tests do not depend on the machine's speed.
 */
export class TokenSite {
  readonly #titles: Record<string, string>
  readonly #dir = mkdtempSync(join(tmpdir(), 'gridwall-tokens-'))
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #secret = randomBytes(16)
  #begin = 0
  /** The current token generation of each feed, from 1. Tokens of earlier generations are refused. */
  readonly #generation: Record<string, number> = {}
  /** The last generation whose token has fetched a segment, by feed; 0: none. */
  readonly played: Record<string, number> = {}
  /** Requests that the CDN refused, by feed. */
  readonly refused: Record<string, number> = {}

  /** titles are the feeds' titles by their keys: direct, m3u, json, page, yt-dlp, streamlink, browser. */
  constructor(titles: Record<string, string>) {
    this.#titles = titles
    for (const key of Object.keys(titles)) {
      this.#generation[key] = 1
      this.played[key] = 0
      this.refused[key] = 0
    }
    this.#server = createServer((q, a) => this.#answer(q, a))
    this.#server.on('connection', (s) => {
      this.#sockets.add(s)
      s.once('close', () => this.#sockets.delete(s))
    })
  }

  async start(): Promise<void> {
    // prettier-ignore
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=5',
      '-t', String(SEGMENT * SEGMENTS), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', String(5 * SEGMENT),
      '-keyint_min', String(5 * SEGMENT), '-sc_threshold', '0', '-f', 'hls', '-hls_time', String(SEGMENT), '-hls_list_size', '0',
      '-hls_segment_filename', join(this.#dir, '%d.ts'), join(this.#dir, 'all.m3u8')])
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.#begin = Date.now()
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Expires all tokens of a feed that have been issued so far. */
  expire(key: string): void {
    this.#generation[key] = this.#generationOf(key) + 1
  }

  /** The query with a fresh token, in the format of Akamai's EdgeAuth. It claims to last an hour, but expire ends it earlier. */
  token(key: string): string {
    const what = `exp=${Math.floor(Date.now() / 1000) + 3600}~acl=/cdn/${key}/*~data=${this.#generationOf(key)}`
    return `hdnts=${what}~hmac=${this.#sign(what)}`
  }

  async stop(): Promise<void> {
    for (const s of this.#sockets) s.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #generationOf(key: string): number {
    const generation = this.#generation[key]
    if (generation === undefined) throw new Error(`there is no feed ${key}`)
    return generation
  }
  #sign(what: string): string {
    return createHmac('sha256', this.#secret).update(what).digest('hex').slice(0, 32)
  }
  #address(key: string): string {
    return `${this.url}/cdn/${key}/index.m3u8?${this.token(key)}`
  }

  #answer(q: IncomingMessage, a: ServerResponse): void {
    const at = new URL(q.url ?? '/', this.url)
    const say = (type: string, text: string) => void a.writeHead(200, { 'content-type': type }).end(text)
    const html = (text: string) => say('text/html; charset=utf-8', '<!doctype html>' + text)
    const { pathname } = at
    // The example of kind direct uses a path of its own.
    if (pathname.startsWith('/pit/')) return this.#cdn('direct', pathname.slice(5), at.search.slice(1), a)
    if (pathname.startsWith('/cdn/')) {
      const [key = '', name = ''] = pathname.slice(5).split('/')
      return this.#cdn(key, name, at.search.slice(1), a)
    }
    switch (pathname) {
      case '/api/live':
        return say(
          'application/json',
          JSON.stringify({
            feeds: [
              {
                live: true,
                name: this.#titles['json'],
                height: 180,
                hls: this.#address('json'),
                page: this.url,
              },
              { live: false, name: 'Later', height: 180, hls: null },
            ],
          }),
        )
      case '/get.php':
        return say(
          'audio/x-mpegurl',
          `#EXTM3U\n#EXTINF:-1 group-title="Movies",Film\n${this.url}/film.m3u8\n` +
            `#EXTINF:-1 group-title="Motorsport",${this.#titles['m3u']}\n${this.#address('m3u')}\n`,
        )
      case '/live':
        // The first page for kind page, the plain player for yt-dlp, and the page for Streamlink's plugin.
        return html(
          `<title>${this.#titles['yt-dlp']}</title><a class="feed" href="/feed/1">${this.#titles['page']}</a>` +
            `<video><source src="${this.#address('yt-dlp')}" type="application/x-mpegURL"></video>` +
            `<p data-club="${this.#address('streamlink')}"></p>`,
        )
      case '/feed/1':
        return html(`<iframe id="player" src="about:blank" data-src="/frame"></iframe>`)
      case '/frame':
        return html(`<div data-feed="${Buffer.from(this.#address('page')).toString('base64')}"></div>`)
      case '/player': {
        // One half of the token is in a cookie, the other in the page; a script joins them.
        const [half = '', rest = ''] = this.#address('browser').split('~data=')
        a.setHeader('set-cookie', `rest=${encodeURIComponent(rest)}; path=/`)
        return html(
          `<title>${this.#titles['browser']}</title><script>
             const rest = decodeURIComponent(/rest=([^;]+)/.exec(document.cookie)[1])
             fetch(${JSON.stringify(half)} + '~data=' + rest).then((r) => r.text())
           </script>`,
        )
      }
    }
    a.writeHead(404).end()
  }

  #cdn(key: string, name: string, query: string, a: ServerResponse): void {
    if (!(key in this.#titles)) return void a.writeHead(404).end()
    const m = /^hdnts=(exp=\d+~acl=[^~]*~data=(\d+))~hmac=([0-9a-f]+)$/.exec(decodeURIComponent(query))
    const generation = m !== null && m[3] === this.#sign(m[1] ?? '') ? Number(m[2]) : 0
    if (generation !== this.#generationOf(key)) {
      this.refused[key] = (this.refused[key] ?? 0) + 1
      return void a.writeHead(403, { 'content-type': 'text/plain' }).end('this token has expired')
    }
    const headers = { 'cache-control': 'no-store' }
    if (name === 'index.m3u8') {
      // Some segments exist when the site starts. Then one is added every two seconds.
      const first = Math.floor((Date.now() - this.#begin) / 1000 / SEGMENT)
      const lines = [
        `#EXTM3U`,
        `#EXT-X-VERSION:3`,
        `#EXT-X-TARGETDURATION:${SEGMENT}`,
        `#EXT-X-MEDIA-SEQUENCE:${first}`,
      ]
      for (let n = first; n < Math.min(first + WINDOW, SEGMENTS); n++)
        lines.push(`#EXTINF:${SEGMENT}.0,`, `${n}.ts?${query}`)
      return void a
        .writeHead(200, { ...headers, 'content-type': 'application/vnd.apple.mpegurl' })
        .end(lines.join('\n') + '\n')
    }
    if (!/^\d+\.ts$/.test(name) || Number.parseInt(name) >= SEGMENTS) return void a.writeHead(404).end()
    this.played[key] = generation
    a.writeHead(200, { ...headers, 'content-type': 'video/mp2t' }).end(readFileSync(join(this.#dir, name)))
  }
}
