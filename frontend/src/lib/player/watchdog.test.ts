import { beforeEach, expect, it, vi } from 'vitest'
import type { Recovery } from './recovery.svelte'
import { Watchdog } from './watchdog'

/** A video that is stuck at 4.9 s before a gap; media after the gap is buffered. */
const video = () =>
  ({
    currentTime: 4.9,
    readyState: 4,
    ended: false,
    getClientRects: () => [],
    buffered: {
      length: 2,
      start: (i: number) => [0, 7][i] ?? 0,
      end: (i: number) => [5.6, 20][i] ?? 0,
    },
  }) as unknown as HTMLVideoElement

const done: string[] = []
let goesOn = true
let played = false
const recovery = {
  problem: null as object | null,
  waits: false,
  report(stage: string) {
    this.problem = { stage }
    done.push('reported')
  },
  run: (act: string) => done.push(act),
}
const makeWatchdog = () =>
  new Watchdog(recovery as unknown as Recovery, {
    moving: () => false,
    moves: () => undefined,
    goesOn: () => goesOn,
    play: () => (played = true),
    goLive: () => done.push('live'),
  })
const tick = (w: Watchdog, v: HTMLVideoElement, seconds: number) => {
  for (let i = 0; i < seconds; i++) w.tick(v)
}

beforeEach(() => {
  done.length = 0
  goesOn = true
  played = false
  Object.assign(recovery, { problem: null, waits: false })
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)
})

it('skips a gap that playback is stuck at, after reporting it', () => {
  const [w, v] = [makeWatchdog(), video()]
  tick(w, v, 5)
  expect([v.currentTime, done]).toEqual([4.9, ['reported']])
  tick(w, v, 4)
  expect([v.currentTime, done]).toEqual([7, ['reported']])
})

it('gives media that comes after a long wait as much time as any', () => {
  const [w, v] = [makeWatchdog(), video()]
  const data = v.buffered
  Object.assign(v, { buffered: { length: 0 } })
  tick(w, v, 23)
  done.length = 0
  Object.assign(v, { buffered: data })
  tick(w, v, 7)
  expect([v.currentTime, done]).toEqual([4.9, []])
  tick(w, v, 1)
  expect(v.currentTime, 'nudged').toBe(7)
})

it('takes a live feed that has ended for stuck, and does not play it from its start', () => {
  const [w, v] = [makeWatchdog(), video()]
  Object.assign(v, { ended: true, buffered: { length: 0 } })
  tick(w, v, 12)
  expect([done, played]).toEqual([['reported', 'restart'], false])
  goesOn = false
  const recording = makeWatchdog()
  recovery.problem = null
  tick(recording, v, 12)
  expect(done).toEqual(['reported', 'restart'])
})

it('does nothing while a retry is scheduled', () => {
  recovery.waits = true
  const [w, v] = [makeWatchdog(), video()]
  tick(w, v, 40)
  expect([v.currentTime, done]).toEqual([4.9, ['reported']])
})

it('does not count playback in a hidden page as stuck', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  const [w, v] = [makeWatchdog(), video()]
  tick(w, v, 40)
  expect([v.currentTime, done]).toEqual([4.9, []])
})

it('restarts a picture that gets no frames while time runs, first in place, then with a new engine', () => {
  const v = video()
  Object.assign(v, {
    videoWidth: 640,
    getVideoPlaybackQuality: () => ({ totalVideoFrames: 100 }),
    getClientRects: () => [{}],
  })
  const w = makeWatchdog()
  const run = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      v.currentTime++
      w.tick(v)
    }
  }
  run(6)
  expect(done).toEqual([])
  run(1)
  expect(done).toEqual(['reported', 'recover'])
  run(12)
  expect(done).toEqual(['reported', 'recover', 'reported', 'rebuild'])

  // A page that is hidden draws nothing.
  Object.assign(v, { getClientRects: () => [] })
  done.length = 0
  run(200)
  expect(done).toEqual([])
})
