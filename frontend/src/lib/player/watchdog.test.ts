import { beforeEach, expect, it, vi } from 'vitest'
import type { Recovery } from './recovery.svelte'
import { Watchdog } from './watchdog'

/** A video that is stuck at 4.9 s before a gap; media after the gap is buffered. */
const video = () =>
  ({
    currentTime: 4.9,
    readyState: 4,
    ended: false,
    buffered: {
      length: 2,
      start: (i: number) => [0, 7][i] ?? 0,
      end: (i: number) => [5.6, 20][i] ?? 0,
    },
  }) as unknown as HTMLVideoElement

const done: string[] = []
const recovery = {
  problem: null as object | null,
  waits: false,
  report(stage: string) {
    this.problem = { stage }
    done.push('said')
  },
  do: (act: string) => done.push(act),
}
const watch = () =>
  new Watchdog(recovery as unknown as Recovery, {
    moving: () => false,
    moves: () => undefined,
    play: () => undefined,
    goLive: () => done.push('live'),
  })
const stand = (w: Watchdog, v: HTMLVideoElement, seconds: number) => {
  for (let i = 0; i < seconds; i++) w.tick(v)
}

beforeEach(() => {
  done.length = 0
  Object.assign(recovery, { problem: null, waits: false })
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)
})

it('skips a gap that playback is stuck at, after saying so', () => {
  const [w, v] = [watch(), video()]
  stand(w, v, 5)
  expect([v.currentTime, done]).toEqual([4.9, ['said']])
  stand(w, v, 4)
  expect([v.currentTime, done]).toEqual([7, ['said']])
})

it('does nothing while a retry is scheduled', () => {
  recovery.waits = true
  const [w, v] = [watch(), video()]
  stand(w, v, 40)
  expect([v.currentTime, done]).toEqual([4.9, ['said']])
})

it('does not count playback in a hidden page as stuck', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  const [w, v] = [watch(), video()]
  stand(w, v, 40)
  expect([v.currentTime, done]).toEqual([4.9, []])
})
