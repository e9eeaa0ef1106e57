import { beforeEach, expect, it, vi } from 'vitest'
import type { Healing } from './healing.svelte'
import { Watch } from './watch'

/** A picture that stands at 4.9 s, before a hole. What comes after it is ready. */
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
const healing = {
  problem: null as object | null,
  waits: false,
  say(stage: string) {
    this.problem = { stage }
    done.push('said')
  },
  do: (act: string) => done.push(act),
}
const watch = () =>
  new Watch(healing as unknown as Healing, {
    moving: () => false,
    moves: () => undefined,
    play: () => undefined,
    goLive: () => done.push('live'),
  })
const stand = (w: Watch, v: HTMLVideoElement, seconds: number) => {
  for (let i = 0; i < seconds; i++) w.second(v)
}

beforeEach(() => {
  done.length = 0
  Object.assign(healing, { problem: null, waits: false })
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)
})

it('a picture that stands before a hole is helped over it, once that was said', () => {
  const [w, v] = [watch(), video()]
  stand(w, v, 5)
  expect([v.currentTime, done]).toEqual([4.9, ['said']])
  stand(w, v, 4)
  expect([v.currentTime, done]).toEqual([7, ['said']])
})

it('a picture for which something is done later anyway is left alone', () => {
  healing.waits = true
  const [w, v] = [watch(), video()]
  stand(w, v, 40)
  expect([v.currentTime, done]).toEqual([4.9, ['said']])
})

it('a picture that stands while nobody can see it is not stuck', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  const [w, v] = [watch(), video()]
  stand(w, v, 40)
  expect([v.currentTime, done]).toEqual([4.9, []])
})
