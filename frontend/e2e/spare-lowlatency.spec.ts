import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BROKEN, expect, test } from './fixtures'
import { playLowLatency } from './lowlatency'
import { direct, origin } from './origins'
import { playing, watchPictures } from './wall'

test.use({ demo: false })

/** A front of an origin, which can be killed. */
async function front(upstream: string): Promise<{ url: string; kill: () => void }> {
  const to = new URL(upstream)
  const server: Server = createServer((q, a) => {
    const up = request({ host: to.hostname, port: to.port, path: q.url }, (r) => {
      a.writeHead(r.statusCode ?? 502, r.headers)
      r.pipe(a)
    })
    up.on('error', () => a.destroy())
    a.on('close', () => up.destroy())
    up.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${to.pathname}`,
    kill: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

test('a low-latency feed goes on with its spare in the same picture, and part by part in a low-latency player', async ({
  page,
  gridwall,
  guard,
}) => {
  test.setTimeout(180_000)
  guard.allow(...BROKEN)
  const live = await origin('lowlatency')
  const [alpha, beta] = [await front(live.url), await front(live.url)]
  try {
    gridwall.writeConfig('schedule = []\n[[rule]]\nspare = true\n')
    gridwall.writeSource('alpha', direct(alpha.url, 'Low latency'))
    gridwall.writeSource('beta', direct(beta.url, 'Low latency'))
    await gridwall.stop()
    await gridwall.start()
    const streams = async () =>
      (await gridwall.get<{ streams: { id: string; site_key: string }[] }>('/api/v1/streams?all=1')).streams
    await expect.poll(async () => (await streams()).length, { timeout: 60_000 }).toBe(2)
    const id = (await streams()).find((s) => s.site_key === 'alpha')?.id ?? ''
    const spare = async () =>
      (
        await gridwall.get<{
          active: { id: string; spare?: { stream_id: string; spares: { state: string }[] } }[]
        }>('/api/v1/active')
      ).active.find((a) => a.id === id)?.spare

    await page.goto(`/#/watch?stream=${id}`)
    const [before] = await playing(page, 1)
    await expect.poll(async () => (await spare())?.spares[0]?.state, { timeout: 20_000 }).toBe('ready')
    await watchPictures(page)
    alpha.kill()
    await expect.poll(async () => (await spare())?.stream_id, { timeout: 20_000 }).not.toBe(id)
    await expect
      .poll(async () => (await page.request.get(`${gridwall.url}/hls/${id}/360p-800k/index.m3u8`)).text(), {
        timeout: 30_000,
      })
      .toContain('#EXT-X-PART:')
    const [after] = await playing(page, 1)
    expect(after?.element, 'the same picture').toBe(before?.element)
    expect(after?.stall, 'the longest stall').toBeLessThan(3_000)

    await page.goto('/#/sources')
    const seen = await playLowLatency(page, `/hls/${id}/index.m3u8?quality=180p`, 3, 3)
    expect(seen.faults).toEqual([])
    expect(seen.parts, 'it plays parts').toBeGreaterThan(15)
    expect(seen.ranges, 'the parts join without a gap').toBe(1)
    expect(seen.steady, 'the picture moves without a stall').toBeGreaterThan(3)
    expect(seen.behind, 'it is close to the encoder').toBeLessThan(3)
  } finally {
    beta.kill()
    live.stop()
  }
})
