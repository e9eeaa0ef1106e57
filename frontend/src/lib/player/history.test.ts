import { expect, it } from 'vitest'
import { History, KEPT, type Observed } from './history'
import { columnWords, COLUMNS, report } from './report'

const BEGAN = Date.UTC(2026, 10, 28, 1, 0, 0)

/** A tile that plays; `change` changes what it says of itself in a second. */
function played(seconds: number, change: (i: number) => Partial<Observed> = () => ({})): History {
  const history = new History()
  for (let i = 0; i < seconds; i++)
    history.add({
      at: BEGAN + i * 1000,
      buffer: 6,
      drift: 20,
      bitrate: 2_000_000,
      title: 'World feed',
      status: 'playing',
      quality: '720p',
      renewals: Math.floor(i / 20),
      frames: i * 25,
      dropped: 0,
      ...change(i),
    })
  return history
}

it('keeps the last ten minutes and no more, however long it plays', () => {
  const history = played(2 * KEPT + 7, (i) => ({ buffer: i, title: i % 2 ? 'A' : 'B' }))
  expect(history.length).toBe(KEPT)
  expect(history.times()[0]).toBe(BEGAN + (KEPT + 7) * 1000)
  expect([history.column('buffer')[0], history.column('buffer').at(-1)]).toEqual([KEPT + 7, 2 * KEPT + 6])
  expect(history.marks.length, 'marks are limited, too').toBeLessThanOrEqual(201)
  expect(played(2 * KEPT).marks.filter((m) => m.renewal)).toHaveLength(KEPT / 20)
})

it('marks renewals, stalls, other feeds and qualities', () => {
  const history = played(60, (i) => ({
    ...(i >= 10 && i < 14 ? { status: 'waiting' as const } : {}),
    ...(i >= 30 ? { quality: '360p' } : {}),
    ...(i >= 50 ? { title: 'Timing', renewals: 0 } : {}),
  }))
  expect(history.marks.map((m) => `${(m.at - BEGAN) / 1000} ${m.text}`)).toEqual([
    '10 buffering',
    '14 playing again after 4 s',
    '20 token renewed',
    '30 quality 360p',
    '40 token renewed',
    '50 changed to Timing',
  ])
})

it('counts frames over players whose counters begin again', () => {
  const history = played(40, (i) => ({ frames: (i % 20) * 25, dropped: i % 20 }))
  expect(history.frames).toEqual({ all: 38 * 25, dropped: 38 })
})

it('has gaps where a number is unknown', () => {
  const history = played(4, (i) => ({ drift: i < 2 ? null : -50 * i }))
  expect(history.column('drift')).toEqual([null, null, -100, -150])
  expect(history.bounds('drift')).toEqual({ least: -150, mean: -125, most: -100 })
  expect(COLUMNS.map((c) => columnWords(history, c))).toEqual([
    'Buffer: 6.0 s at least, 6.0 s on average, 6.0 s at most',
    'Drift: −150 ms at least, −125 ms on average, −100 ms at most',
    'Bitrate: 2.0 Mb/s at least, 2.0 Mb/s on average, 2.0 Mb/s at most',
  ])
  expect(played(3, () => ({ drift: null })).bounds('drift')).toBeNull()
})

it('becomes a report that can be read', () => {
  const history = played(65, (i) => ({ drift: i < 40 ? null : -120, dropped: i }))
  expect(report(history, 'Club TV', '1.2.3')).toBe(`Gridwall 1.2.3, timeline of World feed (Club TV)
2026-11-28 01:00:00 to 01:01:04 UTC, 65 s
State: playing, quality 720p
Buffer: 6.0 s at least, 6.0 s on average, 6.0 s at most
Drift: −120 ms at least, −120 ms on average, −120 ms at most
Bitrate: 2.0 Mb/s at least, 2.0 Mb/s on average, 2.0 Mb/s at most
Frames: 1600, dropped 64 (4.00 %)
Renewals: 3

Events:
01:00:20 token renewed
01:00:40 token renewed
01:01:00 token renewed

Time      buffer    drift       bitrate
01:00:04  6.0 s     –           2.0 Mb/s
01:00:34  6.0 s     –           2.0 Mb/s
01:01:04  6.0 s     −120 ms     2.0 Mb/s
`)
  expect(report(new History(), '', '1.2.3')).toBe('Gridwall 1.2.3: nothing has played yet.\n')
})
