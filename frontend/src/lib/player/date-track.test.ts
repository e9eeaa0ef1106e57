import { describe, expect, it } from 'vitest'
import { DateTrack } from './date-track'

const T = 1_800_000_000_000

/** A track with a reading each 200 ms; `date` gives the date (ms) at a media time (s). */
function track(
  seconds: number,
  date: (media: number) => number,
  into = new DateTrack(),
  from = 0,
): DateTrack {
  for (let i = 0; i < seconds * 5; i++)
    into.add(from + i * 200, (from + i * 200) / 1000, date((from + i * 200) / 1000))
  return into
}
const right = (media: number) => T + media * 1000

describe('the dates of a feed', () => {
  it('are known at any media time', () => {
    const t = track(2, right)
    expect([t.at(1000), t.fault, t.trusted(2_000)]).toEqual([T + 1_000_000, null, true])
    expect(new DateTrack().at(5)).toBeNull()
  })
  it('are the median of dates that jitter', () => {
    const t = track(20, (m) => right(m) + (Math.floor(m / 2) % 3 === 0 ? 300 : 0))
    expect(t.at(0)).toBe(T)
    expect(t.fault).toBeNull()
  })
  it('do not jump because of two odd readings', () => {
    const t = track(5, right)
    for (const now of [5_000, 5_200]) t.add(now, now / 1000, right(now / 1000) + 9_000)
    track(1, right, t, 5_400)
    expect([t.at(0), t.fault]).toEqual([T, null])
  })
  it('are left out for 20 s after a jump, and then believed', () => {
    const t = track(5, right)
    const jumped = (m: number) => right(m) + 7_000
    track(2, jumped, t, 5_000)
    expect([t.fault, t.at(0), t.trusted(7_000)]).toEqual([{ kind: 'jumps', by: 7_000 }, T + 7_000, false])
    track(20, jumped, t, 7_000)
    expect([t.fault, t.trusted(27_000), t.trusted(400_000)]).toEqual([null, false, true])
  })
  it('are left out for longer each time that they jump', () => {
    const t = track(60, (m) => right(m) + Math.floor(m / 20) * 7_000)
    track(35, (m) => right(m) + 14_000, t, 60_000)
    expect(t.fault).not.toBeNull()
  })
  it('run backwards', () => {
    const t = track(12, (m) => right(m) - 4_000 * Math.floor(m / 2))
    expect(t.fault).toEqual({ kind: 'backwards' })
  })
})
