import { describe, expect, it } from 'vitest'
import type { Active } from '../api'
import { fuseOf } from './fuse'

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

describe('the fuse', () => {
  it('shrinks between the renewal and the expiry of the token', () => {
    const fuse = fuseOf(active({ last_refreshed: at(-9), expires_at: at(21) }), NOW, null)
    expect(fuse).toMatchObject({ left: 0.7, tone: 'fresh', text: 'token 0:21 left · renewed 9 s ago' })
    expect(fuse.short).toBe('token 0:21')
  })
  it('is full when the token has just been renewed', () => {
    expect(fuseOf(active({ last_refreshed: at(0), expires_at: at(300) }), NOW, NOW - 9e5).left).toBe(1)
  })
  it('turns yellow only when the renewal is late', () => {
    // 5 minutes: due a minute before expiry.
    expect(fuseOf(active({ last_refreshed: at(-245), expires_at: at(55) }), NOW, null).tone).toBe('fresh')
    expect(fuseOf(active({ last_refreshed: at(-265), expires_at: at(35) }), NOW, null).tone).toBe('late')
  })
  it('is yellow and says why when the last renewal failed, whatever lifetime is left', () => {
    const failed = { last_refreshed: at(-9), expires_at: at(600), last_error: 'Extraction failed: 500' }
    const fuse = fuseOf(active(failed), NOW, null)
    expect(fuse.tone).toBe('late')
    const until = new Date(at(600)).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    expect(fuse.text).toBe(
      `token 10:00 left · not renewed: Extraction failed: 500 · plays with the old token until ${until}`,
    )
    const over = fuseOf(active({ ...failed, expires_at: at(-5) }), NOW, null)
    expect(over.text).toBe('token ended 5 s ago · not renewed: Extraction failed: 500')
  })
  it('is a full line without colour when the expiry is unknown', () => {
    const fuse = fuseOf(active({ last_refreshed: at(-48) }), NOW, null)
    expect(fuse).toMatchObject({ left: null, tone: 'unknown', text: 'token renewed 48 s ago' })
  })
  it('counts from when the token was first seen if it was never renewed', () => {
    expect(fuseOf(active({ expires_at: at(10) }), NOW, NOW - 10_000).left).toBe(0.5)
  })
  it('says that the token has expired', () => {
    const fuse = fuseOf(active({ last_refreshed: at(-40), expires_at: at(-10) }), NOW, null)
    expect(fuse).toMatchObject({ left: 0, tone: 'late', text: 'token ended 10 s ago · renewed 40 s ago' })
  })
  it('stops shrinking when the server does not answer', () => {
    const fuse = fuseOf(active({ last_refreshed: at(-9), expires_at: at(21) }), NOW, null, false)
    expect(fuse).toMatchObject({ left: null, tone: 'unknown' })
  })
})
