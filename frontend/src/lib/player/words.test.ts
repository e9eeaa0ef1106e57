import { describe, expect, it } from 'vitest'
import { renewalWords, whyOf } from './words'

const body = (code: string, message: string) => JSON.stringify({ error: { code, message } })

it.each([
  [0, '', false, 'Gridwall is not responding.'],
  [0, '', true, 'The request timed out.'],
  [502, '<html>bad gateway</html>', false, 'Gridwall answered 502.'],
  [
    504,
    body('upstream_timeout', 'the upstream did not answer in time'),
    false,
    'The CDN did not answer in time.',
  ],
  [503, body('renewing', 'the token is being renewed'), false, 'The token is being renewed.'],
  [404, body('unknown_stream', 'no extraction found a stream'), false, 'No source lists this feed any more.'],
  [
    502,
    body(
      'upstream_failed',
      'the upstream failed: https://cdn.example/a.m3u8?… answered 503 Service Unavailable',
    ),
    false,
    'The CDN answered 503.',
  ],
  [
    502,
    body(
      'upstream_refused',
      'https://cdn.example/a.m3u8?… answered 403 Forbidden; renewing the token did not help: Extraction failed: https://club.example/?k=1: 500',
    ),
    false,
    'The CDN answered 403. Renewing the token did not help: Extraction failed: the CDN 500.',
  ],
  [
    502,
    body('upstream_refused', 'https://cdn.example/a.m3u8 answered a web page instead of media'),
    false,
    'The CDN sent a web page instead of video.',
  ],
  [
    502,
    body(
      'not_hls',
      "https://cdn.example/a answered endless MPEG-TS, not an HLS playlist; Gridwall plays only HLS: look for the stream's .m3u8 address",
    ),
    false,
    'The CDN answered endless MPEG-TS, not an HLS playlist.',
  ],
  [
    502,
    body(
      'upstream_failed',
      'the upstream failed: https://cdn.example/a?…: dial tcp 10.0.0.1:443: connect: connection refused',
    ),
    false,
    'The CDN cannot be reached: connection refused.',
  ],
])('explains %i %s in plain words', (status, answer, timeout, words) => {
  expect(whyOf(status, answer, timeout)).toBe(words)
})

it('never shows an address, which may hold a token', () => {
  const text = whyOf(
    502,
    body('odd', 'something at https://cdn.example/live/a.m3u8?token=SECRET went "http://b/?k=SECRET" wrong'),
    false,
  )
  expect(text).not.toMatch(/https?:|SECRET/)
  expect(text).toBe('Something at the CDN went the CDN wrong.')
})

describe('the reason why a token was not renewed', () => {
  it('is understandable to a user', () => {
    expect(renewalWords("Extractor 'club' not found")).toBe(
      'its source “club” is switched off, was deleted or has an error',
    )
    expect(renewalWords('Extractor returned no streams')).toBe('its source lists no feeds right now')
    expect(renewalWords('No matching stream in fresh results')).toBe('its source no longer lists this feed')
    expect(renewalWords('Extraction failed: 503')).toBe('Extraction failed: 503')
  })
})
