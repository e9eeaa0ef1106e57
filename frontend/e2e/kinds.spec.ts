import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures'
import { TokenSite, type TokenFeed } from './tokensite'
import { pictures, playing } from './wall'

// Each kind of source, with the file that the documentation shows, on a site whose tokens die while its feeds play.
// A program or a browser needs longer to bring a new token, so there a token lives longer.
const FEEDS: readonly TokenFeed[] = [
  { key: 'direct', title: 'Pit lane', life: 0 },
  { key: 'm3u', title: 'Channel seven', life: 8 },
  { key: 'json', title: 'World feed', life: 8 },
  { key: 'page', title: 'Watch the onboard', life: 8 },
  { key: 'yt-dlp', title: 'Club live', life: 14 },
  { key: 'streamlink', title: 'Streamlink club', life: 8 },
  { key: 'browser', title: 'Club player', life: 14 },
]
/** The file of each feed in build/examples. */
const EXAMPLE: Record<string, string> = { 'yt-dlp': 'command-yt-dlp', streamlink: 'command-streamlink' }

const has = (tool: string): boolean => {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.use({ demo: false })
test('a feed of each kind plays on in the grid while its tokens die', async ({ page, gridwall }) => {
  test.setTimeout(240_000)
  for (const tool of ['yt-dlp', 'streamlink'])
    expect(has(tool), `${tool}: build/setup test installs it`).toBe(true)
  const site = new TokenSite(FEEDS)
  await site.start()
  try {
    for (const { key } of FEEDS) {
      const path = join(import.meta.dirname, '..', '..', 'build', 'examples', `${EXAMPLE[key] ?? key}.toml`)
      let text = readFileSync(path, 'utf8').replaceAll(/https:\/\/(club|provider)\.example/g, site.url)
      expect(text, 'the example names a site that this one stands in for').toContain(site.url)
      // No plugin of Streamlink's knows this site; with hls:// it takes any playlist.
      if (key === 'streamlink')
        text = text
          .replace(`"${site.url}/live"`, `"hls://${site.url}/streamlink"`)
          .replace('Club live', 'Streamlink club')
      gridwall.writeSource(key, `allow_private = true\n${text}`)
    }
    // yt-dlp adds an id to a title: what each feed is called is asked.
    const titles: Record<string, string> = {}
    await expect(async () => {
      type List = { streams: { site_key: string; title: string }[] }
      const { streams } = await gridwall.get<List>('/api/v1/streams?all=1')
      for (const { key, title } of FEEDS) {
        const found = streams.find((s) => s.site_key === key && s.title.startsWith(title))
        expect(found, `${title} (${key}) is found`).toBeDefined()
        titles[key] = found?.title ?? ''
      }
    }).toPass({ timeout: 90_000, intervals: [200] })
    await page.goto('/#/watch')
    for (const { key } of FEEDS)
      await page.getByRole('button', { name: `Watch ${titles[key]}`, exact: true }).click({ timeout: 60_000 })
    const first = await playing(page, FEEDS.length, 90_000)

    // Two lives of each token later: the same elements have played all the way.
    const mintedAtFirst = { ...site.minted }
    await expect(async () => {
      const now = await pictures(page)
      for (const feed of FEEDS) {
        const before = first.find((p) => p.title === titles[feed.key])
        const after = now.find((p) => p.title === titles[feed.key])
        expect(after?.element, `${feed.title} is the same picture`).toBe(before?.element)
        expect(after?.time ?? 0, `${feed.title} plays on`).toBeGreaterThan(
          (before?.time ?? 0) + 2 * Math.max(feed.life, 8),
        )
      }
    }).toPass({ timeout: 120_000, intervals: [500] })
    const active = await gridwall.active()
    for (const feed of FEEDS.filter((f) => f.life > 0)) {
      const minted = (site.minted[feed.key] ?? 0) - (mintedAtFirst[feed.key] ?? 0)
      expect(minted, `${feed.title}: new tokens`).toBeGreaterThanOrEqual(2)
      // Streamlink's playlist is a redirect, whose first address is asked for anew: nothing has to be renewed there.
      if (feed.key !== 'streamlink')
        expect(
          active.find((a) => a.title === titles[feed.key])?.refresh_count,
          `${feed.title}: renewals`,
        ).toBeGreaterThanOrEqual(2)
      console.log(
        `${feed.title} (${feed.key}): ${minted} new tokens of ${feed.life} s, ${site.refused[feed.key] ?? 0} refusals`,
      )
    }
  } finally {
    await site.stop()
  }
})
