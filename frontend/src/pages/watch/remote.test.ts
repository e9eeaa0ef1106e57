import { flushSync, mount, unmount } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Client, RemoteAccess } from '$lib/api'
import type { Shell } from '$lib/shell/shell'
import { App } from '$lib/state/app.svelte'
import RemotePage from '../../test/RemotePage.svelte'

const none: RemoteAccess = {
  available: true,
  on: false,
  addresses: [],
  code: '',
  code_expires_at: null,
  phones: [],
  error: null,
}
let access: RemoteAccess
let calls: string[]
let page: object | undefined

function show(first: RemoteAccess): HTMLElement {
  access = first
  calls = []
  const client = {
    settings: async () => ({ settings: {}, fixed: [], restart: [] }),
    remoteAccess: async () => access,
    putSettings: async ({ settings }: { settings: Record<string, string> }) => {
      calls.push(`ui.remote ${settings['ui.remote']}`)
      access = { ...access, on: settings['ui.remote'] === 'on', addresses: ['http://192.168.1.5:8790'] }
      return { settings, fixed: [], restart: [] }
    },
    pairRemote: async () => {
      calls.push('code')
      const ends = new Date(Date.now() + 300_000).toISOString()
      return (access = { ...access, code: '123456', code_expires_at: ends })
    },
    unpairRemote: async (id: string) => {
      calls.push(`remove ${id}`)
      access = { ...access, phones: [] }
    },
  } as unknown as Client
  const app = new App(client, { window: true } as unknown as Shell)
  page = mount(RemotePage, { target: document.body, props: { app } })
  return document.body
}
const settle = async () => {
  for (let i = 0; i < 12; i++) {
    await new Promise((done) => setTimeout(done))
    flushSync()
  }
}
const button = (name: string) => {
  const found = [...document.querySelectorAll('button')].find(
    (b) => (b.getAttribute('aria-label') ?? b.textContent.trim()) === name,
  )
  if (!found) throw new Error(`no button ${name}`)
  return found
}

afterEach(async () => {
  if (page) await unmount(page)
  page = undefined
  vi.restoreAllMocks()
})

describe('the remote of the window', () => {
  it('is off until it is switched on; then it shows an address, a code and its QR code', async () => {
    const body = show(none)
    await settle()
    expect(body.textContent).not.toContain('http')
    button('Listen on the local network').click()
    await settle()
    expect(calls).toEqual(['ui.remote on', 'code'])
    expect(body.textContent).toContain('http://192.168.1.5:8790')
    expect(body.textContent).toContain('123 456')
    await vi.waitFor(() => expect(body.querySelector('svg[aria-label^="QR code"] path')).not.toBeNull())
    button('New code').click()
    await settle()
    expect(calls.at(-1)).toBe('code')
  })

  it('lists the paired phones, and removes one', async () => {
    const at = '2026-11-28T00:00:00Z'
    const body = show({
      ...none,
      phones: [{ id: 'p1', name: 'Safari on iPhone', paired_at: at, seen_at: at }],
    })
    await settle()
    expect(body.textContent).toContain('Safari on iPhone')
    button('Remove Safari on iPhone').click()
    await settle()
    expect(calls).toEqual(['remove p1'])
    expect(body.textContent).not.toContain('Safari on iPhone')
  })

  it('says why it cannot listen', async () => {
    const body = show({ ...none, on: true, error: 'address already in use' })
    await settle()
    expect(body.textContent).toContain('Gridwall cannot listen: address already in use')
  })
})
