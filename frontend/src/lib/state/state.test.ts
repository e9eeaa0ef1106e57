import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type ApiEvent, type Client, type Listener, type Settings } from '../api'
import type { Command, Shell } from '../shell/shell'
import { App } from './app.svelte'
import { Clock } from './clock.svelte'
import { Notices } from './notices.svelte'
import { Preferences } from './preferences.svelte'
import { Remote } from './remote.svelte'
import { href, Route } from './route.svelte'

/** A promise that the test resolves or rejects. */
function pledge<T>() {
  let resolve: (v: T) => void = () => undefined
  let reject: (e: unknown) => void = () => undefined
  const promise = new Promise<T>((ok, no) => {
    resolve = ok
    reject = no
  })
  return { promise, resolve, reject }
}

describe('Remote', () => {
  it('keeps the last value when fetching fails, and says why', async () => {
    let fail = false
    const r = new Remote(async () => {
      if (fail) throw new ApiError('upstream', 'the site answers 500')
      return 1
    })
    await r.load()
    fail = true
    await r.load()
    expect([r.value, r.error, r.loading]).toEqual([1, 'the site answers 500', false])
    fail = false
    await r.load()
    expect(r.error).toBe('')
  })

  it('serves a call during a fetch by a fetch that begins after the call', async () => {
    const pledges = [pledge<number>(), pledge<number>()]
    let n = 0
    const r = new Remote(() => pledges[n++]?.promise ?? Promise.reject(new Error('a third fetch')))
    const first = r.load()
    const second = r.load()
    const third = r.load()
    pledges[0]?.resolve(1)
    pledges[1]?.resolve(2)
    await Promise.all([first, second, third])
    expect([r.value, n]).toEqual([2, 2])
  })

  it('fetches a list that takes a second once for all changes of the next nine seconds', async () => {
    vi.useFakeTimers()
    try {
      let n = 0
      let took = 1_000
      const r = new Remote(async () => {
        await new Promise((resolve) => setTimeout(resolve, took))
        return ++n
      })
      const changes = [r.soon(), r.soon()]
      await vi.advanceTimersByTimeAsync(1_500)
      expect(n).toBe(1)
      changes.push(r.soon(), r.soon())
      await vi.advanceTimersByTimeAsync(8_000)
      changes.push(r.soon())
      expect([n, r.loading]).toEqual([1, false])
      took = 10
      await vi.advanceTimersByTimeAsync(1_000)
      expect([n, r.loading]).toEqual([2, false])
      await Promise.all(changes)
      // A short one is read at once.
      changes.push(r.soon())
      await vi.advanceTimersByTimeAsync(20)
      expect(n).toBe(3)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('Notices', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('disappear by themselves; errors stay until dismissed; an undo stays long enough to use', () => {
    const n = new Notices()
    const undone = vi.fn()
    n.show('done', 'Saved.')
    n.show('error', 'The disk is full.')
    const undo = n.show('done', 'Deleted.', { label: 'Undo', run: undone })
    vi.advanceTimersByTime(6_000)
    expect(n.toasts.map((t) => t.text)).toEqual(['The disk is full.', 'Deleted.'])
    n.act(undo)
    expect(undone).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(600_000)
    expect(n.toasts.map((t) => t.text)).toEqual(['The disk is full.'])
  })

  it('show the same text once', () => {
    const n = new Notices()
    n.show('warning', 'Timing stopped')
    vi.advanceTimersByTime(4_000)
    n.show('warning', 'Timing stopped')
    expect(n.toasts).toHaveLength(1)
    vi.advanceTimersByTime(4_000)
    expect(n.toasts).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(n.toasts).toHaveLength(0)
  })
})

describe('Route', () => {
  it('reads pages and their queries, and ignores anything else', () => {
    const r = new Route()
    expect(r.read('#/watch?event=e%201&session=Race')).toBe(true)
    expect([r.page, r.query.get('event'), r.query.get('session')]).toEqual(['watch', 'e 1', 'Race'])
    expect(r.read('#/nowhere')).toBe(false)
    expect(r.read('')).toBe(false)
    expect(r.page).toBe('watch')
    expect(href('watch', { event: 'e 1' })).toBe('#/watch?event=e+1')
    expect(href('settings')).toBe('#/settings')
  })

  it('changes the page before the browser reports it, so that the next key goes to the new page', () => {
    const r = new Route()
    const end = r.listen()
    r.go('watch', { live: '1' })
    expect([r.page, r.query.get('live')]).toEqual(['watch', '1'])
    r.clearQuery()
    expect([location.hash, r.query.size]).toEqual(['#/watch', 0])
    end()
    location.hash = ''
  })
})

describe('Clock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-24T12:00:00.400Z') }))
  afterEach(() => void vi.useRealTimers())

  it('ticks at the full second, so that all countdowns change together', () => {
    const c = new Clock()
    c.start()
    vi.advanceTimersByTime(600)
    expect(new Date(c.now).toISOString()).toBe('2026-11-24T12:00:01.000Z')
    vi.advanceTimersByTime(1_000)
    expect(new Date(c.now).toISOString()).toBe('2026-11-24T12:00:02.000Z')
    c.stop()
    vi.advanceTimersByTime(5_000)
    expect(new Date(c.now).toISOString()).toBe('2026-11-24T12:00:02.000Z')
  })
})

const settings = (values: Record<string, string>, fixed: string[] = []): Settings => ({
  settings: values,
  fixed,
  restart: [],
})

describe('Preferences', () => {
  it('use the answer to a change, and keep the old value when it is refused', async () => {
    const notices = new Notices()
    const putSettings = vi.fn(async () => settings({ 'ui.theme': 'light' }))
    const p = new Preferences({ putSettings } as unknown as Client, notices)
    p.remote.set(settings({ 'ui.theme': 'system' }, ['proxy.cache']))
    expect([p.theme, p.fixed('proxy.cache'), p.fixed('ui.theme')]).toEqual(['dark', true, false])
    await expect(p.set('ui.theme', 'light')).resolves.toBe(true)
    expect(putSettings).toHaveBeenCalledWith({ settings: { 'ui.theme': 'light' } })
    expect(p.theme).toBe('light')
    putSettings.mockRejectedValueOnce(new ApiError('invalid', 'ui.theme must be one of …'))
    await expect(p.set('ui.theme', 'pink')).resolves.toBe(false)
    expect(p.theme).toBe('light')
    expect(notices.toasts.map((t) => t.text)).toEqual(['ui.theme must be one of …'])
  })
})

describe('App', () => {
  let listener: Listener | undefined
  let command: ((c: Command) => void) | undefined
  let calls: Record<string, number> = {}
  const counted = (name: string) => async () => {
    calls[name] = (calls[name] ?? 0) + 1
    return {}
  }
  const client = {
    ...Object.fromEntries(
      ['schedule', 'streamChanges', 'active', 'sources', 'settings', 'layouts', 'about'].map((n) => [
        n,
        counted(n),
      ]),
    ),
    subscribe: (l: Listener) => {
      listener = l
      return () => {
        listener = undefined
      }
    },
  } as unknown as Client
  const shell = {
    window: true,
    ready: async () => [{ name: 'live' }],
    onCommand: (l: (c: Command) => void) => {
      command = l
      return () => undefined
    },
    state: async () => ({ tray: true, codecs: '' }),
    reportCodecs: async (...plays: boolean[]) => void reported.push(plays),
  } as unknown as Shell

  const reported: boolean[][] = []
  let app: App
  let end: () => void
  const settle = () => new Promise((done) => setTimeout(done))
  beforeEach(async () => {
    location.hash = '#/schedule'
    calls = {}
    app = new App(client, shell)
    end = app.start()
    await settle()
  })
  afterEach(() => end())

  it('reports to the window what its webview can play', () => {
    // The page of this test has no media source extensions.
    expect(reported.at(-1)).toEqual([false, false])
  })

  it('runs commands that waited for the page: --live opens the live session', () => {
    expect(location.hash).toMatch(/^#\/watch\?live=1/)
  })

  it('fetches everything again after a reconnect, and the layouts once', async () => {
    listener?.connected(true)
    await settle()
    listener?.connected(false)
    expect(app.connected).toBe(false)
    listener?.connected(true)
    await settle()
    expect(app.connected).toBe(true)
    expect(calls).toEqual({
      schedule: 2,
      streamChanges: 2,
      active: 2,
      sources: 2,
      settings: 2,
      about: 2,
      layouts: 1,
    })
  })

  it('fetches what an event reports as changed, and shows notices', async () => {
    const say = (type: ApiEvent['type'], rest: Partial<ApiEvent> = {}) =>
      listener?.event({ type, seq: 1, at: '', ...rest })
    say('active')
    say('schedule')
    say('notice', { notice: { kind: 'renewal', message: 'Onboard can not be renewed' } })
    await settle()
    expect(calls).toEqual({ active: 1, schedule: 1 })
    expect(app.notices.toasts.map((t) => [t.tone, t.text])).toEqual([
      ['warning', 'Onboard can not be renewed'],
    ])
  })

  it('follows the commands of the tray', () => {
    command?.({ name: 'hidden' })
    expect(app.hidden).toBe(true)
    command?.({ name: 'shown' })
    expect(app.hidden).toBe(false)
    command?.({ name: 'watch', event: 'e', session: 'Race' })
    expect(location.hash).toBe('#/watch?event=e&session=Race')
    command?.({ name: 'watch', stream_id: 's1' })
    expect(location.hash).toBe('#/watch?stream=s1')
    command?.({ name: 'page', page: 'settings' })
    expect(location.hash).toBe('#/settings')
  })

  it('shows whether an action succeeded', async () => {
    expect(await app.act(async () => 1, 'Renewed.')).toBe(true)
    expect(await app.act(() => Promise.reject(new ApiError('timeout', 'it took too long')))).toBe(false)
    expect(app.notices.toasts.map((t) => [t.tone, t.text])).toEqual([
      ['done', 'Renewed.'],
      ['error', 'it took too long'],
    ])
  })
})
