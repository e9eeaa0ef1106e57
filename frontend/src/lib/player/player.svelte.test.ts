import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Engine, Listener } from './engine'
import { Player } from './player.svelte'
import type { Trouble } from './recovery-plan'

/** An engine that does nothing by itself; tests drive it. */
class FakeEngine implements Engine {
  calls: string[] = []
  levels = [360, 720].map((height, index) => ({ index, label: `${height}p`, height, bitrate: height * 1000 }))
  level = -1
  playingLevel = -1
  cap = -1
  audioTracks = [
    { index: 0, label: 'World', language: '' },
    { index: 1, label: 'Team radio', language: '' },
  ]
  audioTrack = 0
  subtitles = []
  subtitle = -1
  live = true
  behind: number | null = 6
  target: number | null = 6
  window = { start: 0, end: 100 }
  livePosition: number | null = 90
  slack = 0
  date: number | null = null
  constructor(readonly listener: Listener) {}
  load = (url: string) => void this.calls.push(`load ${url}`)
  attach = () => void this.calls.push('attach')
  detach = () => void this.calls.push('detach')
  destroy = () => void this.calls.push('destroy')
  restart = () => void this.calls.push('restart')
  recover = (swap: boolean) => void this.calls.push(swap ? 'swap' : 'recover')
}

/** A video element whose position is set by tests. */
function fakeVideo() {
  const video = document.createElement('video')
  const state = { paused: true, ready: 4, refuse: false }
  Object.defineProperties(video, {
    paused: { get: () => state.paused },
    readyState: { get: () => state.ready },
    isConnected: { get: () => true },
    buffered: { value: { length: 0, start: () => 0, end: () => 0 } },
  })
  video.play = async () => {
    if (state.refuse && !video.muted) throw new DOMException('no', 'NotAllowedError')
    state.paused = false
    video.dispatchEvent(new Event('playing'))
  }
  video.pause = () => {
    state.paused = true
  }
  return { video, state }
}

const trouble = (over: Partial<Trouble> = {}): Trouble => ({
  stage: 'playlist',
  fatal: true,
  status: 503,
  why: 'The CDN responded with 503.',
  retryIn: null,
  ...over,
})

const engines: FakeEngine[] = []
const last = () => engines.at(-1) as FakeEngine
const open = async (l: Listener) => {
  const engine = new FakeEngine(l)
  engines.push(engine)
  return engine
}
let player: Player

async function playing(userChoices = {}) {
  player = new Player('Timing', userChoices, open)
  const v = fakeVideo()
  player.attach(v.video)
  player.open('/hls/a/index.m3u8')
  await vi.advanceTimersByTimeAsync(0)
  last().listener.ready()
  await vi.advanceTimersByTimeAsync(0)
  return v
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)
  engines.length = 0
})
afterEach(() => {
  player.destroy()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('a player', () => {
  it('plays, and restores the choices of last time by their labels', async () => {
    await playing({ quality: '720p', audio: 'Team radio', volume: 0.4 })
    expect(last().calls).toEqual(['load /hls/a/index.m3u8', 'attach'])
    expect(player).toMatchObject({ status: 'playing', problem: null, volume: 0.4 })
    expect(player.choices).toMatchObject({ level: 1, audioTrack: 1 })
    expect(player.userChoices).toMatchObject({
      volume: 0.4,
      quality: '720p',
      audio: 'Team radio',
      subtitle: '',
    })
  })

  it('says why it has stopped and when it retries, and retries without a click', async () => {
    const { video } = await playing()
    last().listener.trouble(trouble())
    expect(player.status).toBe('playing') // it plays from its buffer
    video.dispatchEvent(new Event('waiting'))
    expect(player.status).toBe('stopped')
    expect(player.problem).toMatchObject({ what: 'Timing has stopped', why: 'The CDN responded with 503.' })
    expect(player.problem?.retryAt).toBe(Date.now() + 1000)
    await vi.advanceTimersByTimeAsync(1000)
    expect(last().calls.at(-1)).toBe('restart')
    last().listener.arrived({ kind: 'playlist' })
    expect(player.problem).toBeNull()
  })

  it('continues at the live position after a stall, not where it stopped', async () => {
    const { video } = await playing()
    last().listener.trouble(trouble())
    video.dispatchEvent(new Event('waiting'))
    last().behind = 40
    last().listener.arrived({ kind: 'playlist' })
    expect(video.currentTime).toBe(90)
  })

  it('continues where the other feeds are after a stall, if there is enough of it', async () => {
    const { video } = await playing()
    const stalled = (common: number) => {
      video.currentTime = 40
      last().slack = 4
      player.live.common = () => common
      last().listener.trouble(trouble())
      video.dispatchEvent(new Event('waiting'))
      last().behind = 40
      vi.setSystemTime(Date.now() + 10_000)
      last().listener.arrived({ kind: 'playlist' })
      return video.currentTime
    }
    expect(stalled(92), 'nearer than the live position').toBe(92)
    expect(stalled(85)).toBe(85)
    expect(stalled(99), 'only just listed').toBe(90)
  })

  it('retries without end, and opens a new engine when resuming does not help', async () => {
    await playing()
    for (let i = 0; i < 8; i++) {
      last().listener.trouble(trouble())
      await vi.advanceTimersByTimeAsync(5000)
    }
    expect(engines.length).toBeGreaterThan(3)
    expect(engines.slice(0, -1).every((e) => e.calls.at(-1) === 'destroy')).toBe(true)
  })

  it('retries at once when asked to', async () => {
    await playing()
    last().listener.trouble(trouble({ status: 404 }))
    player.tryNow()
    expect(last().calls.at(-1)).toBe('restart')
    await vi.advanceTimersByTimeAsync(900)
    expect(last().calls.filter((c) => c === 'restart')).toHaveLength(1)
  })

  it('plays muted and says so if the browser requires a key or click before sound', async () => {
    player = new Player('Timing', {}, open)
    const { video, state } = fakeVideo()
    state.refuse = true
    player.setMuted(false)
    player.attach(video)
    player.open('/x')
    await vi.advanceTimersByTimeAsync(0)
    last().listener.ready()
    await vi.advanceTimersByTimeAsync(0)
    expect([player.status, player.muted, player.soundBlocked]).toEqual(['playing', true, true])
    state.refuse = false
    player.setMuted(false)
    expect([player.muted, player.soundBlocked]).toEqual([false, false])
  })

  it('ignores an outdated volume event of the webview, and follows a later change by the mixer', async () => {
    const { video } = await playing()
    const webview = (muted: boolean) => {
      video.muted = muted
      video.dispatchEvent(new Event('volumechange'))
      return [video.muted, player.muted]
    }
    expect(webview(false)).toEqual([true, true])
    player.setMuted(false)
    expect(webview(true)).toEqual([false, false])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(webview(true)).toEqual([true, true])
  })

  it('loads a smaller variant for a small picture', async () => {
    await playing()
    player.choices.setRoom({ width: 320, height: 180 })
    expect(last().cap).toBe(0)
    player.choices.setRoom(null)
    expect(last().cap).toBe(-1)
  })

  it('plays lower levels than its size needs, one at a time, and never one that the user chose', async () => {
    await playing()
    const engine = last()
    engine.levels = [360, 540, 720].map((height, index) => ({
      index,
      label: `${height}p`,
      height,
      bitrate: height,
    }))
    const play = (level: number) => {
      engine.playingLevel = level
      engine.listener.changed()
    }
    play(2)
    const { choices } = player
    expect([choices.below, choices.reduced]).toEqual([540, false])
    choices.stepDown()
    expect([engine.cap, choices.below, choices.reduced], 'before it has switched').toEqual([1, 360, true])
    play(1)
    choices.stepDown()
    play(0)
    expect([engine.cap, choices.below]).toEqual([0, null])
    choices.setRoom({ width: 1000, height: 500 })
    choices.stepUp()
    expect([engine.cap, choices.reduced], 'what its size needs').toEqual([1, false])
    choices.setLevel(1)
    expect(choices.below, 'chosen by hand').toBeNull()
  })

  it('rests while nobody sees it, and goes on at the live position', async () => {
    const { video, state } = await playing()
    player.rest()
    video.dispatchEvent(new Event('pause'))
    expect([state.paused, player.wanted, player.status, player.date]).toEqual([true, true, 'playing', null])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(
      [state.paused, last().calls.includes('restart'), player.problem],
      'it is not taken for stuck',
    ).toEqual([true, false, null])
    last().behind = 60
    video.currentTime = 30
    player.wake()
    expect([state.paused, video.currentTime]).toEqual([false, 90])

    player.pause()
    player.rest()
    player.wake()
    expect(state.paused, 'one that the user paused stays paused').toBe(true)
  })

  it('stays time-shifted on the current level after seeking back, until it goes live', async () => {
    const { video } = await playing()
    const engine = last()
    engine.playingLevel = 1
    video.currentTime = 90
    engine.behind = 6
    player.live.seekBy(-50)
    expect([video.currentTime, player.live.timeShifted, engine.level]).toEqual([40, true, 1])
    engine.behind = 60
    engine.listener.changed()
    expect(player.choices.level).toBe(-1) // the user's choice has not changed
    video.dispatchEvent(new Event('waiting'))
    engine.listener.trouble(trouble())
    engine.listener.arrived({ kind: 'playlist' })
    expect(video.currentTime).toBe(40)
    player.live.seekBy(-500)
    expect(video.currentTime).toBe(1)
    player.live.goLive()
    expect([video.currentTime, player.live.timeShifted, engine.level]).toEqual([90, false, -1])
  })

  it('goes live when the user seeks beyond the live position', async () => {
    const { video } = await playing()
    player.live.seek(30)
    expect(player.live.timeShifted).toBe(true)
    player.live.seekBy(200)
    expect([video.currentTime, player.live.timeShifted]).toEqual([90, false])
  })

  it('seeks in a recording without becoming time-shifted', async () => {
    const { video } = await playing()
    Object.assign(last(), { live: false, livePosition: null, behind: null })
    player.live.seek(70)
    expect([video.currentTime, player.live.timeShifted]).toEqual([70, false])
    player.live.seek(500)
    expect(video.currentTime).toBe(99)
  })

  it('reports that no more data arrives, even without an error', async () => {
    await playing()
    await vi.advanceTimersByTimeAsync(7000)
    expect(player.status).toBe('stopped')
    expect(player.problem?.why).toContain('No data')
    await vi.advanceTimersByTimeAsync(5000)
    expect(last().calls).toContain('restart')
  })

  it('releases engine and element while the window is hidden', async () => {
    await playing()
    player.halt()
    expect(last().calls.at(-1)).toBe('destroy')
    expect(player.status).toBe('starting')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('destroys an engine that opens after the tile was closed', async () => {
    player = new Player('Timing', {}, open)
    player.open('/x')
    player.destroy()
    await vi.advanceTimersByTimeAsync(0)
    expect(last().calls).toEqual(['destroy'])
  })

  it('resumes when its window is shown again, if the webview paused it while hidden', async () => {
    const { video, state } = await playing()
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    video.pause()
    video.dispatchEvent(new Event('pause'))
    await vi.advanceTimersByTimeAsync(3_000)
    expect([player.wanted, state.paused]).toEqual([true, true])
    hidden.mockReturnValue(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state.paused).toBe(false)
  })

  it('goes on if the webview paused at the end of what there was, and has been sought since', async () => {
    const { video, state } = await playing()
    video.pause()
    const seeking = vi.spyOn(video, 'seeking', 'get').mockReturnValue(true)
    video.dispatchEvent(new Event('pause'))
    seeking.mockReturnValue(false)
    expect([player.wanted, player.status]).toEqual([true, 'playing'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(state.paused).toBe(false)
  })

  it('the key for seeking back never seeks forward, and the other way round', async () => {
    const { video } = await playing()
    Object.assign(last(), { window: { start: 50, end: 100 }, livePosition: 90 })
    // It plays a little nearer to the live edge than intended.
    video.currentTime = 93
    player.live.seekBy(10)
    expect([video.currentTime, player.live.timeShifted]).toEqual([93, false])
    // During the pause its position has left the playlist: there is nothing older to seek to.
    video.currentTime = 20
    player.live.seekBy(-10)
    expect(video.currentTime).toBe(20)
    player.live.seekBy(10)
    expect(video.currentTime, 'the oldest position in the playlist').toBe(51)
  })

  it('resumes at the live position after a long pause; a time-shifted one at the oldest segment', async () => {
    const { video } = await playing()
    const engine = last()
    const slideAway = async () => {
      player.pause()
      Object.assign(engine, { window: { start: 1000, end: 1300 }, livePosition: 1290, behind: 1240 })
      await vi.advanceTimersByTimeAsync(1000)
      player.play()
      await vi.advanceTimersByTimeAsync(1000)
    }
    video.currentTime = 90
    await slideAway()
    expect(video.currentTime).toBe(1290)
    Object.assign(engine, { window: { start: 0, end: 100 }, livePosition: 90, behind: 60 })
    player.live.seek(40)
    await slideAway()
    expect([video.currentTime, player.live.timeShifted]).toEqual([1001, true])
  })

  it('is live again when its tab is shown again, unless it was time-shifted', async () => {
    const { video } = await playing()
    const hidden = vi.spyOn(document, 'hidden', 'get')
    const away = async (seconds: number) => {
      hidden.mockReturnValue(true)
      // Browsers run the timers of a hidden tab once a minute.
      for (let s = 0; s < seconds; s += 60) {
        vi.setSystemTime(Date.now() + 60_000)
        await vi.advanceTimersByTimeAsync(1000)
      }
      last().behind = seconds
      hidden.mockReturnValue(false)
      await vi.advanceTimersByTimeAsync(1000)
    }
    video.currentTime = 50
    await away(180)
    expect(video.currentTime).toBe(90)
    last().behind = 6
    await vi.advanceTimersByTimeAsync(5000)

    player.live.seek(30)
    last().behind = 66
    await away(180)
    expect([video.currentTime, player.live.timeShifted], 'it was not told to go live').toEqual([30, true])
  })

  it('finds the chosen track by its label, else by its language', async () => {
    await playing()
    const engine = last()
    const offer = (...tracks: [string, string][]) => {
      engine.audioTracks = tracks.map(([label, language], index) => ({ index, label, language }))
      engine.audioTrack = 0
      engine.listener.changed()
    }
    offer(['en', 'en'], ['nl', 'nl'], ['fx', ''])
    player.choices.setAudioTrack(1)
    expect(player.userChoices).toMatchObject({ audio: 'nl', audioLanguage: 'nl' })
    offer(['fx', ''], ['en', 'en'], ['nl', 'nl'])
    expect(engine.audioTrack, 'in another order').toBe(2)
    offer(['fx', ''], ['Nederlands', 'nl'], ['English', 'en'])
    expect(engine.audioTrack, 'under another name').toBe(1)
    offer(['fx', ''], ['English', 'en'])
    expect(engine.audioTrack, "the feed's default if it is gone").toBe(0)
    expect(player.userChoices.audio, 'and still remembered').toBe('nl')
  })

  it('stays paused after an error', async () => {
    const { state } = await playing()
    player.pause()
    last().listener.trouble(trouble())
    await vi.advanceTimersByTimeAsync(5000)
    last().listener.ready()
    expect(player.status).toBe('paused')
    expect(state.paused).toBe(true)
  })
})
