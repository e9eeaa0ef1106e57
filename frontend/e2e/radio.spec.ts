import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { coded } from './coded'
import { expect, test } from './fixtures'
import { playing } from './wall'

/** The length of a segment, and how many are listed and made. */
const [SEGMENT, LISTED, MADE] = [2, 15, 120]

const AAC = { name: 'AAC', end: 'aac', ffmpeg: ['-c:a', 'aac', '-segment_format', 'adts'] }
const forms = [
  AAC,
  {
    name: 'MP3',
    end: 'mp3',
    ffmpeg: [
      '-c:a',
      'libmp3lame',
      '-segment_format',
      'mp3',
      '-segment_format_options',
      'id3v2_version=0:write_xing=0',
    ],
  },
]

/** A radio: packed audio without timestamps; `dated`: with date times. */
async function radio({ end, ffmpeg }: typeof AAC, dated = false) {
  const dir = mkdtempSync(join(tmpdir(), 'gridwall-radio-'))
  execFileSync('ffmpeg', [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=440:sample_rate=48000',
      '-t',
      String(SEGMENT * MADE),
      '-b:a',
      '64k',
    ],
    ...['-f', 'segment', '-segment_time', String(SEGMENT), ...ffmpeg, join(dir, `%d.${end}`)],
  ])
  const began = Date.now() - SEGMENT * LISTED * 1000
  const server = createServer((request, response) => {
    const leaf = (request.url ?? '').split('/').at(-1) ?? ''
    if (leaf.endsWith('.m3u8')) {
      const last = Math.floor((Date.now() - began) / 1000 / SEGMENT)
      const first = Math.max(0, last - LISTED)
      response.setHeader('Content-Type', 'application/vnd.apple.mpegurl')
      response.end(
        `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:${SEGMENT + 1}\n#EXT-X-MEDIA-SEQUENCE:${first}\n` +
          Array.from({ length: last - first }, (_, i) => {
            const date = new Date(began + (first + i) * SEGMENT * 1000).toISOString()
            return `${dated ? `#EXT-X-PROGRAM-DATE-TIME:${date}\n` : ''}#EXTINF:${SEGMENT},\n${first + i}.${end}\n`
          }).join(''),
      )
      return
    }
    response.setHeader('Content-Type', end === 'aac' ? 'audio/aac' : 'audio/mpeg')
    response.end(readFileSync(join(dir, leaf)))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/radio/index.m3u8`,
    stop: () => {
      server.closeAllConnections()
      server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const sourceOf = (url: string) =>
  `kind = "direct"\nallow_private = true\n[[stream]]\nurl = "${url}"\ntitle = "Club Radio"\n`

/** Adds the radio in the sound bar; returns the bar. */
async function listen(page: Page): Promise<Locator> {
  await page.keyboard.press('Shift+S')
  const bar = page.getByRole('dialog', { name: 'Sound', exact: true })
  await bar.getByRole('button', { name: 'Add sound without a picture…' }).click()
  await bar.getByLabel('Find a stream to listen to').fill('club radio')
  await bar.getByRole('button', { name: /^Listen to Club Radio/ }).click()
  return bar
}

test.use({ demo: false })

for (const form of forms)
  test(`a radio of ${form.name} without timestamps is heard over muted pictures, with a delay by hand`, async ({
    page,
    gridwall,
  }) => {
    test.setTimeout(120_000)
    const [origin, station] = [await coded('2'), await radio(form)]
    try {
      gridwall.writeSource('coded', origin.source())
      gridwall.writeSource('radio', sourceOf(station.url))
      await page.goto('/#/watch')
      await page.getByRole('button', { name: 'Watch coded-2s', exact: true }).click()
      const before = await playing(page, 1)
      const bar = await listen(page)
      const element = page.locator('video[data-radio]')
      await expect
        .poll(() => element.evaluate((v: HTMLVideoElement) => !v.muted && !v.paused && v.currentTime > 0), {
          timeout: 30_000,
        })
        .toBe(true)
      await expect(bar).toContainText('step unknown: set the delay by ear')

      /** How far behind the clock it plays, in s, from any time. */
      const behind = () => element.evaluate((v: HTMLVideoElement) => performance.now() / 1000 - v.currentTime)
      /** Waits until it has kept its place for four seconds. */
      const settled = async () => {
        const seen: number[] = []
        await expect
          .poll(
            async () => {
              seen.push(await behind())
              const last = seen.slice(-5)
              return last.length < 5 ? Infinity : Math.max(...last) - Math.min(...last)
            },
            { intervals: [1_000], timeout: 40_000 },
          )
          .toBeLessThan(0.03)
        return seen.at(-1) ?? NaN
      }
      await bar.getByRole('button', { name: '+1 s' }).click()
      await expect(bar).toContainText('step by hand', { timeout: 15_000 })
      const one = await settled()
      await bar.getByLabel('Delay', { exact: true }).fill('4.5')
      await page.keyboard.press('Enter')
      await expect.poll(async () => Math.abs((await behind()) - one)).toBeGreaterThan(1)
      expect(Math.abs((await settled()) - one - 3.5), 'it is heard 3.5 s later').toBeLessThan(0.1)
      const after = await playing(page, 1)
      expect(after.map((a) => a.element)).toEqual(before.map((b) => b.element))
      expect(
        await page.evaluate(() => document.querySelector<HTMLVideoElement>('[data-number] video')?.muted),
      ).toBe(true)
    } finally {
      origin.stop()
      station.stop()
    }
  })

test('a radio of AAC with date times plays in step with the picture', async ({ page, gridwall }) => {
  test.setTimeout(120_000)
  const [origin, station] = [await coded('2'), await radio(AAC, true)]
  try {
    gridwall.writeSource('coded', origin.source())
    gridwall.writeSource('radio', sourceOf(station.url))
    await page.goto('/#/watch')
    await page.getByRole('button', { name: 'Watch coded-2s', exact: true }).click()
    const before = await playing(page, 1)
    const bar = await listen(page)
    await expect(bar).toContainText('step date time', { timeout: 30_000 })
    await expect(page.getByRole('switch', { name: 'Keep feeds in sync', includeHidden: true })).toContainText(
      /in sync ?±1?\d{1,2} ms/,
      { timeout: 60_000 },
    )
    const after = await playing(page, 1)
    expect(after.map((a) => a.element)).toEqual(before.map((b) => b.element))
  } finally {
    origin.stop()
    station.stop()
  }
})
