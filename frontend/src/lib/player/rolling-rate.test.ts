import { describe, expect, it } from 'vitest'
import { RollingRate } from './rolling-rate'

const newVideo = () => ({ currentTime: 10, paused: false, seeking: false, readyState: 4, playbackRate: 1 })
type Video = ReturnType<typeof newVideo>

const look = (rate: RollingRate, video: Video, change: Partial<Video>, wanted = 1.05): number => {
  Object.assign(video, change)
  rate.set(video as unknown as HTMLVideoElement, wanted)
  return video.playbackRate
}
/** Looks at it while it plays, so often; returns its rate after each look. */
const play = (rate: RollingRate, video: Video, looks: number, wanted = 1.05): number[] =>
  Array.from({ length: looks }, () => look(rate, video, { currentTime: video.currentTime + 0.2 }, wanted))

describe('the rate in WebKitGTK', () => {
  it('changes once the video has played for a while', () => {
    expect(play(new RollingRate(true), newVideo(), 5)).toEqual([1, 1, 1, 1.05, 1.05])
  })

  it.each<[string, Partial<Video>]>([
    ['waits', { readyState: 2 }],
    ['is paused', { paused: true }],
    ['seeks', { seeking: true }],
    ['was sought', { currentTime: 100 }],
    ['stands still', {}],
  ])('does not change while it %s, nor at once afterwards', (_, change) => {
    const [rate, video] = [new RollingRate(true), newVideo()]
    play(rate, video, 10, 1)
    expect(look(rate, video, change)).toBe(1)
    Object.assign(video, { readyState: 4, paused: false, seeking: false })
    expect(play(rate, video, 3)).toEqual([1, 1, 1.05])
  })

  it('is not reset to 1 while the video waits either', () => {
    const [rate, video] = [new RollingRate(true), newVideo()]
    play(rate, video, 5)
    expect(look(rate, video, { readyState: 1 }, 1)).toBe(1.05)
    video.readyState = 4
    expect(play(rate, video, 3, 1)).toEqual([1.05, 1.05, 1])
  })

  it('does not change twice within three looks', () => {
    const [rate, video] = [new RollingRate(true), newVideo()]
    play(rate, video, 4)
    expect(play(rate, video, 3, 0.97)).toEqual([1.05, 1.05, 0.97])
  })

  it('starts again with another video', () => {
    const rate = new RollingRate(true)
    play(rate, newVideo(), 10, 1)
    expect(play(rate, newVideo(), 4)).toEqual([1, 1, 1, 1.05])
  })
})

it('rolls once it has played for a while, and no more while it waits', () => {
  const [rate, video] = [new RollingRate(true), newVideo()]
  play(rate, video, 3, 1)
  expect(rate.rolls).toBe(false)
  play(rate, video, 1, 1)
  expect(rate.rolls).toBe(true)
  look(rate, video, { readyState: 2 }, 1)
  expect(rate.rolls).toBe(false)
})

it('changes at once elsewhere', () => {
  const rate = new RollingRate(false)
  expect(look(rate, newVideo(), { paused: true })).toBe(1.05)
  expect(rate.rolls).toBe(true)
})
