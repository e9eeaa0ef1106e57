import { describe, expect, it } from 'vitest'
import { LAST_DELAY, REFUSED_DELAY, worthAnotherTry } from './policy'
import { RecoveryPlanner, watchdogAction, type Trouble } from './recovery-plan'

const trouble = (over: Partial<Trouble>): Trouble => ({
  stage: 'playlist',
  fatal: true,
  status: 503,
  why: '',
  retryIn: null,
  ...over,
})

describe('which requests are retried at once', () => {
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
  it('never gives up, and retries within 5 s once the upstream is back', () => {
    const r = new RecoveryPlanner()
    const plans = Array.from({ length: 50 }, (_, i) => r.plan(trouble({}), i * 5000))
    expect(plans.slice(0, 4).map((p) => p.after)).toEqual([1000, 2000, 4000, 4000])
    expect(Math.max(...plans.map((p) => p.after))).toBe(LAST_DELAY)
    expect(plans.slice(0, 3).map((p) => p.act)).toEqual(['restart', 'restart', 'rebuild'])
  })
  it('retries slowly after a refusal', () => {
    expect(new RecoveryPlanner().plan(trouble({ status: 404 }), 0).after).toBe(REFUSED_DELAY)
  })
  it('continues at once when a single segment is missing', () => {
    const r = new RecoveryPlanner()
    expect(r.plan(trouble({ stage: 'fragment', status: 404 }), 0)).toEqual({ act: 'restart', after: 0 })
    expect(r.plan(trouble({ stage: 'fragment', status: 404 }), 1).after).toBe(REFUSED_DELAY)
  })
  it('opens a new engine when the first playlist failed', () => {
    expect(new RecoveryPlanner().plan(trouble({ stage: 'manifest', status: 0 }), 0)).toEqual({
      act: 'rebuild',
      after: 1000,
    })
  })
  it('starts with short delays again after playback has resumed', () => {
    const r = new RecoveryPlanner()
    for (let i = 0; i < 5; i++) r.plan(trouble({}), i)
    r.recovered()
    expect(r.plan(trouble({}), 9)).toEqual({ act: 'restart', after: 1000 })
  })
  it('resets the decoder, then swaps the audio codec, then opens a new engine', () => {
    const r = new RecoveryPlanner()
    const acts = [0, 1000, 2000, 3000].map((now) => r.plan(trouble({ stage: 'media' }), now))
    expect(acts.map((a) => a.act)).toEqual(['recover', 'swap', 'rebuild', 'rebuild'])
    expect(acts[3]?.after).toBeGreaterThan(0)
    expect(r.plan(trouble({ stage: 'media' }), 60_000).act).toBe('recover')
  })
  it('plays on without subtitles that fail to load', () => {
    expect(new RecoveryPlanner().plan(trouble({ stage: 'subtitle' }), 0)).toEqual({
      act: 'silence',
      after: 0,
    })
  })
})

describe('the watchdog', () => {
  const acts = (data: boolean) =>
    Array.from({ length: 31 }, (_, s) => [s, watchdogAction(s, data)] as const).filter(
      ([, act]) => act !== null,
    )
  it('nudges playback that is stuck with data, then goes live, then opens a new engine', () => {
    expect(acts(true)).toEqual([
      [8, 'nudge'],
      [16, 'live'],
      [24, 'rebuild'],
    ])
  })
  it('resumes loading when there is no data, then opens a new engine', () => {
    expect(acts(false)).toEqual([
      [10, 'restart'],
      [20, 'restart'],
      [30, 'rebuild'],
    ])
  })
})
