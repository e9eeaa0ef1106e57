import { flushSync } from 'svelte'
import { describe, expect, it, vi } from 'vitest'
import type { Client } from '../../api'
import { app, feed, listener, session, settle, start, startEach, wall } from '../../../test/wall'

startEach()

/** A server that stores settings. */
function server() {
  const settings: Record<string, string> = { 'ui.delay': '' }
  const answer = () => ({ settings: { ...settings }, fixed: [], restart: [] })
  const putSettings = vi.fn(async (c: { settings: Record<string, string | null> }) => {
    for (const [key, value] of Object.entries(c.settings)) settings[key] = value ?? ''
    return answer()
  })
  Object.assign(app.client, { settings: async () => answer(), putSettings } as Partial<Client>)
  return { settings, putSettings }
}

it('belongs to the page’s wall, and is stored with it', async () => {
  const { putSettings } = server()
  wall.setDelay(12.34)
  expect([wall.delay.seconds, wall.document.delay]).toEqual([12.3, 12.3])
  expect(putSettings).not.toHaveBeenCalled()
  await start({ delay: 30 })
  expect(wall.delay.seconds).toBe(30)
  wall.setDelay(null)
  expect([wall.delay.seconds, wall.document.delay]).toEqual([null, null])
})

it.each([[-5], ['30'], [1e9], [null]])('is none if the document says %s', async (delay) => {
  await start({ delay })
  expect(wall.delay.seconds).toBeNull()
})

it('is that of all pages when it is shared, and each page keeps it when they part', async () => {
  const { settings } = server()
  wall.setDelay(20)
  wall.delay.share(true)
  await settle()
  expect([settings['ui.delay'], wall.delay.shared]).toEqual(['20', true])
  // Another page changes it.
  settings['ui.delay'] = '45.5'
  listener?.event({ type: 'settings', seq: 1, at: '' })
  await settle()
  expect(wall.delay.seconds).toBe(45.5)
  wall.setDelay(40)
  await settle()
  expect(settings['ui.delay']).toBe('40')
  wall.setDelay(null)
  await settle()
  expect([settings['ui.delay'], wall.delay.seconds, wall.delay.shared]).toEqual(['off', null, true])
  wall.setDelay(7)
  await settle()
  wall.delay.share(false)
  await settle()
  flushSync()
  expect([settings['ui.delay'], wall.delay.seconds, wall.delay.shared]).toEqual(['', 7, false])
})

describe('of a rule', () => {
  const race = () => ({ ...session('Race', ['a', 'b']), delay: 30 })

  it('is that of the wall when its session opens, until it is undone', () => {
    wall.open(feed('x'))
    wall.setDelay(5)
    wall.openSession(race())
    expect(wall.delay.seconds).toBe(30)
    app.notices.act(app.notices.toasts[0]?.id ?? 0)
    expect(wall.delay.seconds).toBe(5)
  })

  it('leaves a wall that the session has already, and one whose rule says none', () => {
    wall.openSession(race())
    wall.setDelay(12)
    wall.openSession(race())
    expect(wall.delay.seconds).toBe(12)
    wall.openSession(session('Sprint', ['s']))
    expect(wall.delay.seconds).toBe(12)
  })

  it('does not change the delay of all pages', async () => {
    const { settings } = server()
    wall.setDelay(20)
    wall.delay.share(true)
    await settle()
    wall.openSession(race())
    await settle()
    expect([settings['ui.delay'], wall.delay.seconds]).toEqual(['20', 20])
  })
})

it('switches sync on, and is limited to an hour', () => {
  wall.sync.on = false
  wall.setDelay(5_000)
  expect([wall.sync.on, wall.delay.seconds]).toEqual([true, 3600])
})

it('changes by steps of half a second, once it is known what the feeds have', () => {
  wall.stepDelay(0.5)
  expect(wall.delay.seconds).toBeNull()
  wall.setDelay(12.3)
  wall.stepDelay(0.5)
  expect(wall.delay.seconds).toBe(13)
  wall.stepDelay(-0.5)
  expect(wall.delay.seconds).toBe(12.5)
  wall.setDelay(0)
  wall.stepDelay(-0.5)
  expect(wall.delay.seconds).toBe(0)
})
