import { flushSync, mount, unmount } from 'svelte'
import { afterEach, expect, it, vi } from 'vitest'
import type { Client, Preflight, Schedule } from '$lib/api'
import { event, session } from '../../test/calendar'
import type { Shell } from '$lib/shell/shell'
import { App } from '$lib/state/app.svelte'
import NextUpPage from '../../test/NextUpPage.svelte'

const calendar = (hours: number): Schedule => ({
  events: [event('next', [session('race', new Date(Date.now() + hours * 3_600_000).toISOString())])],
  fetched_at: null,
  stale: false,
  error: null,
})

afterEach(() => vi.restoreAllMocks())

it('a page that was left sends no more requests', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const answers: ((p: Preflight) => void)[] = []
  const preflight = vi.fn(() => new Promise<Preflight>((resolve) => answers.push(resolve)))
  const app = new App({ preflight } as unknown as Client, {} as unknown as Shell)
  app.schedule.set(calendar(1))
  const page = mount(NextUpPage, { target: document.body, props: { app } })
  flushSync()
  expect(preflight).toHaveBeenCalledTimes(1)
  // The calendar changes during the first request, so that another one is due.
  app.schedule.set(calendar(2))
  flushSync()
  await unmount(page)
  app.schedule.set(calendar(3))
  answers[0]?.({} as Preflight)
  await new Promise((done) => setTimeout(done))
  expect(preflight).toHaveBeenCalledTimes(1)
  expect(warned).not.toHaveBeenCalled()
})
