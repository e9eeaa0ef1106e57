import { afterEach, describe, expect, it, vi } from 'vitest'
import { inWindow, wails } from './bound'
import { httpClient } from './http'
import type { ApiEvent } from './types'
import { wailsClient } from './wails'

afterEach(() => {
  delete wails().go
  delete wails().runtime
})

/** Makes the page look like that of the window, and records calls. */
function windowOf(answer: (method: string) => unknown = () => ({})) {
  const calls: [string, unknown[]][] = []
  const listeners = new Map<string, (...data: unknown[]) => void>()
  const off = vi.fn()
  const Facade = new Proxy(
    {},
    {
      get:
        (_, method: string) =>
        async (...args: unknown[]) => {
          calls.push([method, args])
          return answer(method)
        },
    },
  )
  Object.assign(window, {
    go: { desktop: { Facade } },
    runtime: {
      EventsOn: (name: string, call: (...data: unknown[]) => void) => {
        listeners.set(name, call)
        return off
      },
      BrowserOpenURL: () => undefined,
    },
  })
  return { calls, listeners, off }
}

describe("the API through the window's bindings", () => {
  it('is used only in a window', () => {
    expect(inWindow()).toBe(false)
    windowOf()
    expect(inWindow()).toBe(true)
  })

  it('has every operation that HTTP has, bound to the method of that name in Go', async () => {
    const { calls } = windowOf()
    const c = wailsClient()
    expect(Object.keys(c).sort()).toEqual(Object.keys(httpClient()).sort())
    const names = Object.keys(c).filter((n) => n !== 'subscribe')
    for (const name of names) await (c as unknown as Record<string, () => unknown>)[name]?.()
    expect(calls.map(([method]) => method)).toEqual(names.map((n) => n.charAt(0).toUpperCase() + n.slice(1)))
  })

  it('passes arguments in order', async () => {
    const { calls } = windowOf()
    const c = wailsClient()
    await c.putSource('key', { text: 'text' })
    await c.deactivate('id', 'viewer')
    await c.enableSource('key', { enabled: false })
    expect(calls.map(([, args]) => args)).toEqual([
      ['key', { text: 'text' }],
      ['id', 'viewer'],
      ['key', { enabled: false }],
    ])
  })

  it('rejects with the code and message of the API', async () => {
    windowOf(() => {
      throw { code: 'fixed', message: 'it is set in config.toml' }
    })
    await expect(wailsClient().putSettings({ settings: {} })).rejects.toMatchObject({
      name: 'ApiError',
      code: 'fixed',
      message: 'it is set in config.toml',
    })
  })

  it('receives events until it unsubscribes', () => {
    const { listeners, off } = windowOf()
    const heard: ApiEvent[] = []
    const up: boolean[] = []
    const end = wailsClient().subscribe({ event: (e) => heard.push(e), connected: (is) => up.push(is) })
    expect(up).toEqual([true])
    listeners.get('gridwall:event')?.({ type: 'active', seq: 1, at: '' })
    expect(heard).toEqual([{ type: 'active', seq: 1, at: '' }])
    end()
    expect(off).toHaveBeenCalledOnce()
  })
})
