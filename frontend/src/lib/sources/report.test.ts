import { describe, expect, it } from 'vitest'
import type { Step, Stream, Trial } from '../api'
import { KINDS } from './kinds'
import { redacted } from './redact'
import { reportText } from './report'

const SECRET = 's3cr3t0123456789abcdef'
const JWT = `eyJhbGciOiJIUzI1NiJ9.${SECRET}.sig`

/** Ways in which a permission stands in what a kind's run says; {} is the secret's place. */
const WAYS: Record<string, string> = {
  query: 'https://cdn.test/a/b.m3u8?token={}&x=1',
  'a query with a foreign scheme': 'rtmp://cdn.test/a?key={}',
  'user info': 'https://me:{}@cdn.test/a.m3u8',
  'user info with an at': 'https://me:a@{}@cdn.test/a.m3u8',
  fragment: 'https://cdn.test/a.m3u8#{}',
  'Akamai in the path': 'https://cdn.test/exp=1700000000~hmac={}/a.m3u8',
  'Bunny in the path': 'https://cdn.test/bcdn_token={}&expires=1700000000/a.m3u8',
  'escaped in the path': 'https://cdn.test/token%3D{}/a.m3u8',
  'secure_link in the path': 'https://cdn.test/p/{},1700000000/a.m3u8',
  "a provider's path": 'http://tv.test:8080/live/me/{}/101.m3u8',
  'a relative address': 'is sent on to /player/a.m3u8?hdnts={}',
  'a cookie': 'the site says Set-Cookie: session={}; Path=/',
  'two cookies': 'sent with Cookie: a=1; b={}',
  authorization: 'sent with Authorization: Bearer {}',
  'a header in JSON': '{"Authorization": "Basic {}", "Referer": "https://club.test/"}',
  'a header of its own': 'X-Api-Key: {}',
  'a bare bearer': 'said Bearer {} is over',
  'a password': "yt-dlp: --password={} is wrong for 'me'",
  'a token beside its name': 'the page has "access_token": "{}"',
  'a link in Markdown': '[World](https://cdn.test/a.m3u8?t={})',
}

const step = (change: Partial<Step>): Step => ({
  what: 'request', method: 'GET', url: 'https://h/x?…', status: 200, duration_ms: 1, bytes: 1, yield: 0, error: '', ...change,
}) // prettier-ignore
const feed = (change: Partial<Stream>): Stream => ({
  id: 'i', url: `https://me:${SECRET}@cdn.test/${JWT}/x.m3u8?token=${SECRET}#${SECRET}`, site_key: 'club', site_name: 'Club', quality: '',
  title: 'World', extracted_at: '', is_live: true, response_time_ms: null, checked_at: null, bitrate: null, ...change,
}) // prettier-ignore

describe('what is copied of a dry run', () => {
  it.each(KINDS.map((k) => k.kind))(
    'holds no permission, whichever way a source of kind %s says it',
    (kind) => {
      for (const [way, pattern] of Object.entries(WAYS)) {
        const says = pattern.replace('{}', SECRET)
        const trial: Trial = {
          streams: [feed({ title: says }), feed({ quality: says })],
          count: 2,
          steps: [
            step({ url: says }),
            step({ error: says }),
            step({ what: says, method: '', url: '', yield: 1 }),
          ],
          error: `Failed: ${says}\nand ${says}.`,
        }
        const text = reportText({ name: says, kind, at: new Date(0), took: 1, trial })
        expect(text, way).not.toContain(SECRET)
        expect(text, way).toContain('Found 2 feeds')
      }
    },
  )
  it('keeps what helps to mend a source', () => {
    for (const text of [
      'GET https://club.test/live/world.m3u8?… answered 403, 1.2 kB, 12 ms; answered 403 Forbidden',
      'follow 1: links: 4, Club: World feed, 720p, live, cdn.test:8080',
      'the query fails at line 3: "feeds" is no list',
      'no Chromium is here: install it (apt install chromium), or say in GRIDWALL_BROWSER where it is',
      'the session is over, a token is missing',
    ])
      expect(redacted(text)).toBe(text)
    expect(redacted('see https://h.test:8080/a/b.m3u8?t=1, then http://i.test/c.')).toBe(
      'see https://h.test:8080/a/b.m3u8?…, then http://i.test/c.',
    )
  })
})
