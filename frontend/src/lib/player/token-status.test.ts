import { describe, expect, it } from 'vitest'
import type { Active } from '../api'
import { tokenStatus } from './token-status'

const NOW = Date.parse('2026-03-08T14:00:00Z')
const at = (s: number) => new Date(NOW + s * 1000).toISOString()
const active = (over: Partial<Active>): Active => ({
  id: 'a',
  original_url: '',
  current_url: '',
  site_key: 'club',
  title: 'World feed',
  quality: '720p',
  last_refreshed: null,
  refresh_count: 0,
  last_error: '',
  expires_at: null,
  playback_url: '/hls/a/index.m3u8',
  ...over,
})

describe('the status of a token', () => {
  it('decreases from the renewal to the expiry', () => {
    const token = tokenStatus(active({ last_refreshed: at(-9), expires_at: at(21) }), NOW, null)
    expect(token).toMatchObject({ left: 0.7, tone: 'fresh', text: 'token 0:21 left · renewed 9 s ago' })
    expect(token.short).toBe('token 0:21')
  })
  it('is full when the token has just been renewed', () => {
    expect(tokenStatus(active({ last_refreshed: at(0), expires_at: at(300) }), NOW, NOW - 9e5).left).toBe(1)
  })
  it('is late only when the renewal is', () => {
    // 5 minutes: due a minute before expiry.
    expect(tokenStatus(active({ last_refreshed: at(-245), expires_at: at(55) }), NOW, null).tone).toBe(
      'fresh',
    )
    expect(tokenStatus(active({ last_refreshed: at(-265), expires_at: at(35) }), NOW, null).tone).toBe('late')
  })
  it('is late and says why when the last renewal failed, whatever lifetime is left', () => {
    const failed = { last_refreshed: at(-9), expires_at: at(600), last_error: 'Extraction failed: 500' }
    const token = tokenStatus(active(failed), NOW, null)
    expect(token.tone).toBe('late')
    const until = new Date(at(600)).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    expect(token.text).toBe(
      `token 10:00 left · not renewed: Extraction failed: 500 · old token valid until ${until}`,
    )
    const expired = tokenStatus(active({ ...failed, expires_at: at(-5) }), NOW, null)
    expect(expired.text).toBe('token expired 5 s ago · not renewed: Extraction failed: 500')
  })
  it('is unknown when the expiry is', () => {
    const token = tokenStatus(active({ last_refreshed: at(-48) }), NOW, null)
    expect(token).toMatchObject({ left: null, tone: 'unknown', text: 'token renewed 48 s ago' })
  })
  it('counts from when the token was first seen if it was never renewed', () => {
    expect(tokenStatus(active({ expires_at: at(10) }), NOW, NOW - 10_000).left).toBe(0.5)
  })
  it('says that the token has expired', () => {
    const token = tokenStatus(active({ last_refreshed: at(-40), expires_at: at(-10) }), NOW, null)
    expect(token).toMatchObject({ left: 0, tone: 'late', text: 'token expired 10 s ago · renewed 40 s ago' })
  })
  it('is unknown when the server does not respond', () => {
    const token = tokenStatus(active({ last_refreshed: at(-9), expires_at: at(21) }), NOW, null, false)
    expect(token).toMatchObject({ left: null, tone: 'unknown' })
  })
})
