import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './fixtures'
import { FEEDS, pictures, playing, tile } from './wall'

const [WORLD, ARKWRIGHT, OKONEDO] = FEEDS

test('a feed that went to its spare and back plays on in a quality that it did not have meanwhile', async ({
  page,
  gridwall,
}) => {
  test.setTimeout(150_000)
  type Listed = { id: string; title: string; site_key: string }
  const streams = async () => (await gridwall.get<{ streams: Listed[] }>('/api/v1/streams?all=1')).streams
  const own = await streams()
  const id = (title: string) => own.find((s) => s.title === title)?.id ?? ''
  const server = createServer((_, response) => {
    response.end(`#EXTM3U\n#EXTINF:-1,Club\n${gridwall.url}/hls/${id(ARKWRIGHT)}/index.m3u8\n`)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  gridwall.writeSource(
    'club',
    `kind = "m3u"\nallow_private = true\nurl = "http://127.0.0.1:${(server.address() as AddressInfo).port}/list.m3u"\n`,
  )
  let club = ''
  await expect
    .poll(async () => (club = (await streams()).find((s) => s.title === 'Club')?.id ?? ''))
    .not.toBe('')
  const set = await page.request.put(`/api/v1/streams/${id(OKONEDO)}/spares`, {
    data: { stream_ids: [club] },
  })
  expect(set.ok()).toBe(true)
  await page.goto(`/#/watch?stream=${id(OKONEDO)}`)
  await page.getByRole('button', { name: `Watch ${WORLD}`, exact: true }).click()
  await playing(page, 2)
  const world = tile(page, OKONEDO)
  const choose = async (quality: string) => {
    await world.hover()
    await world.getByRole('button', { name: 'Quality' }).click()
    await page.getByRole('menuitemradio', { name: quality, exact: true }).click()
    await page.keyboard.press('Escape')
    await expect
      .poll(() => world.locator('video').evaluate((v: HTMLVideoElement) => v.videoHeight))
      .toBe(parseInt(quality))
  }
  await choose('360p')
  await world.click({ position: { x: 60, y: 60 } })
  await page.keyboard.press('b')
  await expect(world).toContainText('spare: ')
  await page.waitForTimeout(12_000)
  await page.keyboard.press('b')
  await expect(world).not.toContainText('spare: ')
  await page.waitForTimeout(14_000)
  await choose('720p')
  await page.reload()
  const time = async () => (await pictures(page)).find((p) => p.title === OKONEDO)?.time ?? 0
  await expect.poll(time, { timeout: 40_000 }).toBeGreaterThan(0)
  const at = await time()
  await expect.poll(time, { timeout: 30_000 }).toBeGreaterThan(at + 10)
  server.close()
})
