import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Handover } from './handover.svelte'
import type { Playback } from './playback.svelte'

/** The part of a playback that a handover uses; tests set its state. */
class Side {
  status = $state('starting')
  date: number | null = null
  offset = 0
  video = { seeking: false, readyState: 4 }
  sought: number[] = []
  reachable = true
  get playback(): Playback {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the getters below have a this of their own
    const side = this
    return {
      get offset() {
        return { ms: side.offset, scope: null }
      },
      player: {
        get status() {
          return side.status
        },
        get date() {
          return side.date
        },
        get video() {
          return side.video
        },
        live: { seekTo: (date: number) => side.reachable && side.sought.push(date) > 0 },
      },
    } as unknown as Playback
  }
}

let old: Side
let next: Side
let handover: Handover
const done = vi.fn()
beforeEach(() => {
  vi.useFakeTimers()
  done.mockReset()
  old = new Side()
  old.status = 'playing'
  next = new Side()
  handover = new Handover(old.playback, next.playback, done)
})
afterEach(() => {
  handover.end()
  vi.useRealTimers()
})
const moves = () => {
  next.status = 'playing'
  flushSync()
}

it('waits until the new picture moves', () => {
  flushSync()
  vi.advanceTimersByTime(60_000)
  expect(done).not.toHaveBeenCalled()
  moves()
  expect(done).toHaveBeenCalledOnce()
})

it('goes to the moment of the old picture first', () => {
  old.date = 100_000
  next.date = 108_000
  moves()
  expect(next.sought).toEqual([100_000])
  next.video.seeking = true
  old.date = 101_000
  next.date = 101_000
  vi.advanceTimersByTime(500)
  expect(done).not.toHaveBeenCalled()
  next.video.seeking = false
  vi.advanceTimersByTime(200)
  expect(done).toHaveBeenCalledOnce()
})

it('shows the new picture where it is if the seek does not end', () => {
  old.date = 100_000
  next.date = 108_000
  moves()
  next.video.seeking = true
  vi.advanceTimersByTime(5_000)
  expect(done).toHaveBeenCalledOnce()
})

for (const [why, oldDate, nextDate, reachable] of [
  ['the old feed has no date time', null, 5_000, true],
  ['the new feed has no date time', 5_000, null, true],
  ['the dates are hours apart', 10_000_000, 0, true],
  ['that moment is not listed any more', 5_000, 15_000, false],
] as const)
  it(`shows the new picture where it is if ${why}`, () => {
    old.date = oldDate
    next.date = nextDate
    next.reachable = reachable
    moves()
    expect(done).toHaveBeenCalledOnce()
    expect(next.sought).toEqual([])
  })

it('does nothing after its end', () => {
  handover.end()
  moves()
  expect(done).not.toHaveBeenCalled()
})

it('takes the offsets of both feeds into account', () => {
  old.date = 100_000
  next.date = 108_000
  old.offset = 1_000
  next.offset = -500
  moves()
  expect(next.sought).toEqual([98_500])
})
