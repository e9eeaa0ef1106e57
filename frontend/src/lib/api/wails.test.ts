import { describe, expect, it, vi } from 'vitest'
import type { Client } from './client'
import { httpClient } from './http'
import type { ApiEvent } from './types'
import { inWindow, wailsClient, type WailsWindow } from './wails'

/** A window that notes what is called. */
function noting(answer: (method: string) => unknown = () => ({})) {
  const calls: [string, unknown[]][] = []
  const listeners = new Map<string, (...data: unknown[]) => void>()
  const off = vi.fn()
  const Facade = new Proxy({} as Record<string, (...args: unknown[]) => Promise<unknown>>, {
    get:
      (_, method: string) =>
      async (...args: unknown[]) => {
        calls.push([method, args])
        return answer(method)
      },
  })
  const w: WailsWindow = {
    go: { desktop: { Facade } },
    runtime: {
      EventsOn: (name, call) => {
        listeners.set(name, call)
        return off
      },
      BrowserOpenURL: () => undefined,
    },
  }
  return { w, calls, listeners, off }
}

const invoke = (c: Client, name: string): unknown =>
  (c as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.('a', 'b')

describe("the facade through the window's bindings", () => {
  it('is chosen only where a window is', () => {
    expect(inWindow({})).toBe(false)
    expect(inWindow(noting().w)).toBe(true)
  })

  it('calls each method by its name in Go', async () => {
    const { w, calls } = noting()
    const c = wailsClient(w)
    const names = Object.keys(httpClient()).filter((n) => n !== 'subscribe')
    expect(Object.keys(c).sort()).toEqual(Object.keys(httpClient()).sort())
    for (const name of names) await invoke(c, name)
    expect(calls.map(([method]) => method)).toEqual(names.map((n) => n.charAt(0).toUpperCase() + n.slice(1)))
  })

  it('hands arguments over in order', async () => {
    const { w, calls } = noting()
    const c = wailsClient(w)
    await c.putSource('key', 'text')
    await c.deactivate('id', 'viewer')
    await c.enableSource('key', false)
    expect(calls.map(([, args]) => args)).toEqual([
      ['key', 'text', ''],
      ['id', 'viewer'],
      ['key', false],
    ])
  })

  it("tells the facade's errors by code and message", async () => {
    const { w } = noting(() => {
      throw { code: 'fixed', message: 'it is set in config.toml' }
    })
    await expect(wailsClient(w).putSettings({ settings: {} })).rejects.toMatchObject({
      code: 'fixed',
      message: 'it is set in config.toml',
    })
  })

  it('hears events until it is told to stop', () => {
    const { w, listeners, off } = noting()
    const heard: ApiEvent[] = []
    const up: boolean[] = []
    const end = wailsClient(w).subscribe({ event: (e) => heard.push(e), connected: (is) => up.push(is) })
    expect(up).toEqual([true])
    listeners.get('gridwall:event')?.({ type: 'active', seq: 1, at: '' })
    expect(heard).toEqual([{ type: 'active', seq: 1, at: '' }])
    end()
    expect(off).toHaveBeenCalledOnce()
  })
})
