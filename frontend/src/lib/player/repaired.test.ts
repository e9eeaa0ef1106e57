import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { M3U8Parser } from 'hls.js'
import { describe, expect, it } from 'vitest'

// How hls.js reads the playlists that backend/hls has repaired (backend/hls/testdata/repaired).
const folder = join(process.cwd(), '../backend/hls/testdata/repaired')
const at = 'http://127.0.0.1/hls/feed/main/index.m3u8'
const read = (name: string) => new TextDecoder().decode(readFileSync(join(folder, name + '.golden')))
const media = (name: string) => M3U8Parser.parseLevelPlaylist(read(name), at, 0, 'main' as never, 0, null)

const names = readdirSync(folder)
  .filter((f) => f.endsWith('.golden'))
  .map((f) => f.replace('.golden', ''))

describe('a playlist repaired by the proxy', () => {
  it.each(names)('is accepted by hls.js: %s', (name) => {
    const text = read(name)
    expect(text.startsWith('#EXTM3U')).toBe(true)
    if (!M3U8Parser.isMediaPlaylist(text)) {
      const parsed = M3U8Parser.parseMasterPlaylist(text, at)
      expect(parsed.playlistParsingError).toBeNull()
      expect(parsed.levels).toHaveLength(1)
      expect(parsed.levels[0]?.url).toMatch(/\/main\/[a-z0-9-]+\/index\.m3u8$/)
      return
    }
    const details = media(name)
    expect(details.playlistParsingError).toBeNull()
    details.fragments.forEach((f, i) => {
      if (!f) return // skipped by a delta update
      // Each segment is named by its number: hls.js must count as the proxy does.
      expect(f.relurl).toMatch(new RegExp(`^${details.startSN + i}\\.`))
      expect(f.duration).toBeGreaterThan(0)
    })
  })

  it('dates each segment as the proxy does, whatever the format of the date', () => {
    const dates = media('dates').fragments.map((f) => new Date(f?.programDateTime ?? NaN).toISOString())
    expect(dates).toEqual(['00.123', '04.500', '08.500', '12.500'].map((s) => `2026-05-24T12:00:${s}Z`))
    expect(media('dates').dateRanges['ad']?.startDate.toISOString()).toBe('2026-05-24T12:00:04.000Z')
  })

  it('separates the key of an init section from that of the segments', () => {
    const fragment = media('key-and-map-keys').fragments[0]
    expect(fragment?.levelkeys?.['identity']?.uri).toMatch(/key-7$/)
    expect(fragment?.initSegment?.levelkeys?.['identity']?.uri).toMatch(/key-7-map$/)
  })
})
