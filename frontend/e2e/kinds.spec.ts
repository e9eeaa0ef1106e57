import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BROKEN, expect, test } from './fixtures'
import { STREAMLINK_PLUGIN, TokenSite } from './tokensite'
import { pictures, playing } from './wall'

/** The title of each kind's feed. The file in docs/examples is named after the kind or the program. */
const TITLES: Record<string, string> = {
  direct: 'Pit lane',
  m3u: 'Channel seven',
  json: 'World feed',
  page: 'Watch the onboard',
  'yt-dlp': 'Club live',
  streamlink: 'Streamlink live',
  browser: 'Club player',
}
const KINDS = Object.keys(TITLES)
const PROGRAMS = ['yt-dlp', 'streamlink']
/** How often the site expires all tokens during playback. */
const EXPIRIES = 2

interface Listed {
  site_key: string
  title: string
  is_live: boolean | null
}

test.use({ demo: false })
test('a feed of each kind, from its documented file, keeps playing in the grid while its tokens expire', async ({
  page,
  gridwall,
  guard,
}) => {
  // About 40 s on an idle machine. A busy one needs half a minute to start yt-dlp, and again for a browser. Until then,
  // the player gets 503 and retries.
  test.setTimeout(420_000)
  guard.allow(...BROKEN)
  const site = new TokenSite(TITLES)
  await site.start()
  const write = (key: string): void => {
    const file = `${PROGRAMS.includes(key) ? 'command-' : ''}${key}.toml`
    const shown = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'examples', file), 'utf8')
    let text = shown.replaceAll(/https:\/\/(club|provider)\.example/g, site.url)
    expect(text, `${file} names a site that the test site replaces`).not.toBe(shown)
    // Only the user can renew the token of a fixed address.
    if (key === 'direct') text = text.replace('/pit/index.m3u8', `/pit/index.m3u8?${site.token(key)}`)
    // Two files use the same title.
    if (key === 'streamlink') text = text.replace('name = "Club live"', `name = "${TITLES[key]}"`)
    gridwall.writeSource(key, `allow_private = true\n${text}`)
  }
  try {
    // Streamlink has a plugin for this site, in the user's plugin folder.
    await gridwall.stop()
    const plugins = join(gridwall.dir, 'share', 'streamlink', 'plugins')
    mkdirSync(plugins, { recursive: true })
    writeFileSync(join(plugins, 'club.py'), STREAMLINK_PLUGIN)
    gridwall.env = { XDG_DATA_HOME: join(gridwall.dir, 'share') }
    for (const key of KINDS) write(key)
    await gridwall.start()

    // yt-dlp adds the time to a title, so the titles are fetched.
    const titles: Record<string, string> = {}
    await expect(async () => {
      const { streams } = await gridwall.get<{ streams: Listed[] }>('/api/v1/streams?all=1')
      for (const key of KINDS) {
        const found = streams.find((s) => s.site_key === key && s.title.startsWith(TITLES[key] ?? ''))
        expect(found?.is_live, `${key}: its feed is found and live`).toBe(true)
        titles[key] = found?.title ?? ''
      }
    }).toPass({ timeout: 150_000, intervals: [200] })
    await page.goto('/#/watch')
    for (const key of KINDS)
      await page.getByRole('button', { name: `Watch ${titles[key]}`, exact: true }).click({ timeout: 30_000 })
    const first = await playing(page, KINDS.length, 90_000)

    for (let generation = 2; generation <= EXPIRIES + 1; generation++) {
      const before = await pictures(page)
      for (const key of KINDS) site.expire(key)
      write('direct')
      await expect(async () => {
        const now = await pictures(page)
        for (const key of KINDS) {
          const was = before.find((p) => p.title === titles[key])
          const is = now.find((p) => p.title === titles[key])
          expect(site.played[key], `${key} is fetched with token ${generation}`).toBe(generation)
          // Beyond what was buffered when the token expired: the player stays three segments behind the newest.
          expect(is?.time ?? 0, `${key} plays on`).toBeGreaterThan((was?.time ?? 0) + 8)
        }
      }).toPass({ timeout: 150_000, intervals: [200] })
      await playing(page, KINDS.length, 60_000)
    }
    const last = await pictures(page)
    for (const p of first)
      expect(last.find((l) => l.title === p.title)?.element, `${p.title} keeps its element`).toBe(p.element)
    for (const a of await gridwall.active())
      expect(a.refresh_count, `${a.title}: renewals`).toBeGreaterThanOrEqual(EXPIRIES)
  } finally {
    await test.info().attach('refusals', { body: JSON.stringify(site.refused) })
    await site.stop()
  }
})
