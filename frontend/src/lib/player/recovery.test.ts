import { describe, expect, it } from 'vitest'
import { LAST_DELAY, REFUSED_DELAY, worthAnotherTry } from './policy'
import { Recovery, watchdog, type Trouble } from './recovery'

const trouble = (over: Partial<Trouble>): Trouble => ({
  stage: 'playlist',
  fatal: true,
  status: 503,
  why: '',
  retryIn: null,
  ...over,
})

describe('what is asked again at once', () => {
  it.each([
    [0, false, true],
    [500, false, true],
    [503, false, true],
    [429, false, true],
    [404, false, false],
    [410, false, false],
    [undefined, false, false],
    [undefined, true, true],
  ])('status %s, timeout %s: %s', (status, timeout, again) => {
    expect(worthAnotherTry(status, timeout)).toBe(again)
  })
})

describe('recovery', () => {
  it('asks for ever, and within 5 s of the upstream coming back', () => {
    const r = new Recovery()
    const plans = Array.from({ length: 50 }, (_, i) => r.plan(trouble({}), i * 5000))
    expect(plans.slice(0, 4).map((p) => p.after)).toEqual([1000, 2000, 4000, 4000])
    expect(Math.max(...plans.map((p) => p.after))).toBe(LAST_DELAY)
    expect(plans.slice(0, 3).map((p) => p.act)).toEqual(['restart', 'restart', 'rebuild'])
  })
  it('is slow where the answer is a clear no', () => {
    expect(new Recovery().plan(trouble({ status: 404 }), 0).after).toBe(REFUSED_DELAY)
  })
  it('goes on at once where one segment is gone', () => {
    const r = new Recovery()
    expect(r.plan(trouble({ stage: 'fragment', status: 404 }), 0)).toEqual({ act: 'restart', after: 0 })
    expect(r.plan(trouble({ stage: 'fragment', status: 404 }), 1).after).toBe(REFUSED_DELAY)
  })
  it('loads anew when the first playlist failed', () => {
    expect(new Recovery().plan(trouble({ stage: 'manifest', status: 0 }), 0)).toEqual({
      act: 'rebuild',
      after: 1000,
    })
  })
  it('begins with short waits again after a picture came', () => {
    const r = new Recovery()
    for (let i = 0; i < 5; i++) r.plan(trouble({}), i)
    r.well()
    expect(r.plan(trouble({}), 9)).toEqual({ act: 'restart', after: 1000 })
  })
  it('mends the decoder, then swaps the codec, then starts anew', () => {
    const r = new Recovery()
    const acts = [0, 1000, 2000, 3000].map((now) => r.plan(trouble({ stage: 'media' }), now))
    expect(acts.map((a) => a.act)).toEqual(['recover', 'swap', 'rebuild', 'rebuild'])
    expect(acts[3]?.after).toBeGreaterThan(0)
    expect(r.plan(trouble({ stage: 'media' }), 60_000).act).toBe('recover')
  })
  it('plays on without subtitles that cannot be had', () => {
    expect(new Recovery().plan(trouble({ stage: 'subtitle' }), 0)).toEqual({ act: 'silence', after: 0 })
  })
})

describe('the watchdog', () => {
  const acts = (data: boolean) =>
    Array.from({ length: 31 }, (_, s) => [s, watchdog(s, data)] as const).filter(([, act]) => act !== null)
  it('nudges a picture that stands with data, then goes live, then starts anew', () => {
    expect(acts(true)).toEqual([
      [8, 'nudge'],
      [16, 'live'],
      [24, 'rebuild'],
    ])
  })
  it('loads on, then anew, where there is nothing to play', () => {
    expect(acts(false)).toEqual([
      [10, 'restart'],
      [20, 'restart'],
      [30, 'rebuild'],
    ])
  })
})
