import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Gridwall } from './gridwall'

/** One feed of the site: its key in addresses, its title, and how long its tokens live, in seconds; 0: it needs none. */
export interface TokenFeed {
  key: string
  title: string
  life: number
}

/**
 * A site with a page, a list or an interface for each kind of source, and a CDN that wants a token for everything: it
 * says itself when it ends, and ends it. The media are a second Gridwall's demo.
 */
export class TokenSite {
  #feeds: readonly TokenFeed[]
  #behind = new Gridwall(true)
  #server: Server
  #sockets = new Set<Socket>()
  #secret = randomBytes(16)
  /** Where the playlist of the smallest picture is, behind. */
  #playlist = ''
  /** Tokens handed out, by feed. */
  readonly minted: Record<string, number> = {}
  /** Requests refused by the CDN, by feed. */
  readonly refused: Record<string, number> = {}

  constructor(feeds: readonly TokenFeed[]) {
    this.#feeds = feeds
    this.#server = createServer((q, a) => void this.#answer(q, a).catch(() => a.destroy()))
    this.#server.on('connection', (s) => {
      this.#sockets.add(s)
      s.once('close', () => this.#sockets.delete(s))
    })
  }

  async start(): Promise<void> {
    await this.#behind.start()
    let id = ''
    for (let i = 0; id === '' && i < 200; i++) {
      const { streams } = await this.#behind.get<{ streams: { id: string; title: string }[] }>(
        '/api/v1/streams',
      )
      id = streams.find((s) => s.title === 'Timing')?.id ?? ''
      if (id === '') await new Promise((r) => setTimeout(r, 100))
    }
    const master = `${this.#behind.url}/hls/${id}/index.m3u8`
    const lines = (await (await fetch(master)).text()).split('\n')
    const variants = lines.flatMap((l, i) => {
      const bandwidth = /^#EXT-X-STREAM-INF:(?:.*,)?BANDWIDTH=(\d+)/.exec(l)?.[1]
      return bandwidth && l.includes('RESOLUTION=')
        ? [{ bandwidth: Number(bandwidth), uri: lines[i + 1] ?? '' }]
        : []
    })
    variants.sort((a, b) => a.bandwidth - b.bandwidth)
    this.#playlist = new URL(variants[0]?.uri ?? '', master).href
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const s of this.#sockets) s.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    await this.#behind.remove()
  }

  #sign(key: string, exp: number): string {
    return createHmac('sha256', this.#secret).update(`${key} ${exp}`).digest('hex').slice(0, 24)
  }
  /** The query of a fresh token, as Akamai's EdgeAuth writes it. */
  #token(feed: TokenFeed): string {
    this.minted[feed.key] = (this.minted[feed.key] ?? 0) + 1
    const exp = Math.floor(Date.now() / 1000) + feed.life
    return `hdnts=exp=${exp}~acl=/cdn/${feed.key}/*~hmac=${this.#sign(feed.key, exp)}`
  }
  #address(key: string): string {
    const feed = this.#feeds.find((f) => f.key === key)
    if (!feed) throw new Error(`there is no feed ${key}`)
    return `${this.url}/cdn/${key}/index.m3u8${feed.life > 0 ? '?' + this.#token(feed) : ''}`
  }

  async #answer(q: IncomingMessage, a: ServerResponse): Promise<void> {
    const at = new URL(q.url ?? '/', this.url)
    const html = (text: string) =>
      a.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>' + text)
    const title = (key: string) => this.#feeds.find((f) => f.key === key)?.title ?? key
    // The example of kind direct names this feed by a path of its own.
    at.pathname = at.pathname.replace(/^\/pit\//, '/cdn/direct/')
    if (at.pathname.startsWith('/cdn/')) return this.#cdn(at, q, a)
    switch (at.pathname) {
      case '/api/live':
        return void a.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            feeds: [
              {
                live: true,
                name: title('json'),
                height: 360,
                hls: this.#address('json'),
                page: this.url + '/',
              },
              { live: false, name: 'Later', height: 360, hls: null },
            ],
          }),
        )
      case '/get.php':
        return void a
          .writeHead(200, { 'content-type': 'audio/x-mpegurl' })
          .end(
            `#EXTM3U\n#EXTINF:-1 group-title="Movies",Film\n${this.url}/film.m3u8\n` +
              `#EXTINF:-1 group-title="Motorsport",${title('m3u')}\n${this.#address('m3u')}\n`,
          )
      case '/live':
        // The page of kind page, and the plain player that yt-dlp reads.
        return void html(
          `<title>${title('yt-dlp')}</title><a class="feed" href="/feed/1">${title('page')}</a>` +
            `<video><source src="${this.#address('yt-dlp').replaceAll('&', '&amp;')}" type="application/x-mpegURL"></video>`,
        )
      case '/feed/1':
        return void html(`<iframe id="player" src="about:blank" data-src="/frame"></iframe>`)
      case '/frame':
        return void html(`<div data-feed="${Buffer.from(this.#address('page')).toString('base64')}"></div>`)
      case '/streamlink':
        // Streamlink is given a playlist, for no plugin of its knows this site: the way to it is a redirect.
        return void a.writeHead(302, { location: this.#address('streamlink') }).end()
      case '/player': {
        // Half of the token is in a cookie's place, half in the page; only a script puts them together.
        const [half, rest] = this.#address('browser').split('~acl=')
        a.setHeader(
          'set-cookie',
          `half=${encodeURIComponent(Buffer.from(rest ?? '').toString('base64'))}; path=/`,
        )
        return void html(
          `<title>${title('browser')}</title><script>
             const rest = atob(decodeURIComponent(document.cookie.split('half=')[1]))
             fetch(${JSON.stringify(half)} + '~acl=' + rest).then((r) => r.text())
           </script>`,
        )
      }
    }
    a.writeHead(404).end()
  }

  async #cdn(at: URL, q: IncomingMessage, a: ServerResponse): Promise<void> {
    const [, , key = '', ...rest] = at.pathname.split('/')
    const feed = this.#feeds.find((f) => f.key === key)
    if (!feed) return void a.writeHead(404).end()
    const query = at.search.slice(1)
    if (feed.life > 0) {
      const m = /hdnts=exp=(\d+)~acl=[^~]*~hmac=([0-9a-f]+)/.exec(decodeURIComponent(query))
      const good = m !== null && m[2] === this.#sign(key, Number(m[1]))
      const fresh = m !== null && Number(m[1]) > Date.now() / 1000
      if (!good || !fresh) {
        this.refused[key] = (this.refused[key] ?? 0) + 1
        return void a.writeHead(good ? 410 : 403, { 'content-type': 'text/plain' }).end('expired')
      }
    }
    const name = rest.join('/')
    const range = q.headers.range
    const from = name === 'index.m3u8' ? this.#playlist : new URL(name, this.#playlist).href
    const answer = await fetch(from, range ? { headers: { range } } : {})
    const type = answer.headers.get('content-type') ?? ''
    let body = Buffer.from(await answer.arrayBuffer())
    if (name === 'index.m3u8' && feed.life > 0) {
      // What a playlist names bears the token that the playlist was fetched with.
      const text = body
        .toString()
        .replace(/^[^#\s].*$/gm, (uri) => `${uri}?${query}`)
        .replace(/URI="([^"]+)"/g, (_, uri: string) => `URI="${uri}?${query}"`)
      body = Buffer.from(text)
    }
    a.writeHead(answer.status, {
      'content-type': type,
      'content-length': body.length,
      'access-control-allow-origin': '*',
    })
    a.end(body)
  }
}
