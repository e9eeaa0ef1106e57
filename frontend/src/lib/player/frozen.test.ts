import { describe, expect, it, vi } from 'vitest'
import { framesOf, FrameWatch, StillPicture } from './frozen'

const video = (over: Record<string, unknown> = {}) =>
  ({
    currentTime: 0,
    videoWidth: 640,
    readyState: 4,
    seeking: false,
    ...over,
  }) as unknown as HTMLVideoElement & {
    currentTime: number
  }

describe('a picture without new frames', () => {
  /** Runs for some seconds; returns in which of them a restart was asked for. */
  function run(
    watch: FrameWatch,
    v: ReturnType<typeof source>,
    seconds: number,
    frames = 25,
    time = 1,
  ): number[] {
    const asked: number[] = []
    for (let i = 1; i <= seconds; i++) {
      v.frames += frames
      v.video.currentTime += time
      if (watch.second(v.video)) asked.push(i)
    }
    return asked
  }
  function source() {
    const s = { frames: 0, video: video() }
    s.video.getVideoPlaybackQuality = () => ({ totalVideoFrames: s.frames }) as VideoPlaybackQuality
    return s
  }

  it('is frozen after six seconds, while time runs; each restart waits twice as long', () => {
    const watch = new FrameWatch()
    const v = source()
    expect(run(watch, v, 20)).toEqual([])
    expect(run(watch, v, 20, 0)).toEqual([6, 18])
    run(watch, v, 60)
    expect(run(watch, v, 6, 0), 'it has played for a minute').toEqual([6])
  })

  it('is not frozen if it stalls, seeks, has no picture, or is not on the screen', () => {
    const watch = new FrameWatch()
    const v = source()
    run(watch, v, 10)
    expect(run(watch, v, 30, 0, 0), 'a stall is found elsewhere').toEqual([])
    expect(run(watch, v, 5, 0, 60)).toEqual([])
    for (let i = 0; i < 30; i++) {
      watch.pause()
      v.video.currentTime += 1
      expect(watch.second(v.video)).toBe(false)
    }
    Object.assign(v.video, { videoWidth: 0 })
    expect(run(watch, v, 30, 0)).toEqual([])
  })

  it('is not frozen if the feed has always shown one picture now and then', () => {
    const watch = new FrameWatch()
    const v = source()
    for (let i = 0; i < 5; i++) expect([...run(watch, v, 5, 0), ...run(watch, v, 1, 1)]).toEqual([])
    expect(run(watch, v, 14, 0)).toEqual([])
    expect(run(watch, v, 2, 0)).toEqual([1])
  })

  it('is found with WebKit’s own counter, and never where none is kept', () => {
    expect(framesOf(video({ webkitDecodedFrameCount: 7 }))).toBe(7)
    expect(framesOf(video())).toBeNull()
    const watch = new FrameWatch()
    const v = video()
    for (let i = 0; i < 30; i++) {
      v.currentTime++
      expect(watch.second(v)).toBe(false)
    }
  })
})

describe('a picture whose content stands still', () => {
  let points = new Uint8ClampedArray(64 * 36 * 4)
  const drawn = vi.fn()
  function still() {
    drawn.mockReset()
    points = new Uint8ClampedArray(64 * 36 * 4)
    const context = { drawImage: drawn, getImageData: () => ({ data: points.slice() }) }
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as never)
    return new StillPicture()
  }
  /** Looks four times a second. */
  function run(
    s: StillPicture,
    v: ReturnType<typeof video>,
    from: number,
    seconds: number,
    each?: (i: number) => void,
  ): boolean {
    let found = false
    for (let i = 0; i < seconds * 4; i++) {
      each?.(i)
      v.currentTime += 0.25
      found = s.look(v, (from + i / 4) * 1000) || found
    }
    return found
  }

  it('is found after ten seconds, with two looks a second', () => {
    const s = still()
    expect(run(s, video(), 0, 10)).toBe(false)
    expect(drawn).toHaveBeenCalledTimes(20)
    expect(run(s, video(), 10, 1)).toBe(false)
    const v = video()
    s.reset()
    expect(run(s, v, 20, 12)).toBe(true)
    expect(s.seconds).toBeGreaterThanOrEqual(10)
  })

  it('ignores the noise of encoding, but not a clock in a corner or a slow change', () => {
    const s = still()
    expect(run(s, video(), 0, 12, (i) => (points[5000] = i % 4))).toBe(true)
    s.reset()
    expect(run(s, video(), 20, 12, (i) => (points[40] = (i % 16) * 10))).toBe(false)
    s.reset()
    expect(run(s, video(), 40, 30, (i) => points.fill(i))).toBe(false)
  })

  it('is not a paused or stalled one, nor one that cannot be read', () => {
    const s = still()
    const v = video()
    for (let i = 0; i < 60; i++) expect(s.look(v, i * 500)).toBe(false)
    expect(run(s, video({ seeking: true }), 40, 20)).toBe(false)
    drawn.mockImplementation(() => {
      throw new DOMException('tainted', 'SecurityError')
    })
    expect(run(s, video(), 80, 20)).toBe(false)
    expect(drawn.mock.calls.length, 'it gives up').toBeLessThan(62)
  })
})
