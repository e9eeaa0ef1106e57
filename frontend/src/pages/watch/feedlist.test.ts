import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Stream } from '$lib/api'
import { FeedList } from './feedlist.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('draws the first rows after a key press, and the others after a pause in typing', () => {
  const streams = Array.from(
    { length: 300 },
    (_, i) =>
      ({ id: String(i), title: `Channel ${i}`, site_key: 'club', site_name: 'Club', quality: '' }) as Stream,
  )
  const feeds = new FeedList(() => streams)
  const drawn = () => feeds.drawn.groups.reduce((n, g) => n + g.feeds.length, 0)
  flushSync()
  expect(drawn()).toBe(feeds.shown)

  feeds.query = 'channel'
  flushSync()
  expect(drawn()).toBeLessThan(feeds.shown)
  vi.advanceTimersByTime(100)
  feeds.query = 'channel 1'
  vi.advanceTimersByTime(100)
  flushSync()
  expect(drawn()).toBeLessThan(feeds.shown)
  expect(feeds.first?.title).toBe('Channel 1')
  vi.advanceTimersByTime(100)
  flushSync()
  expect(drawn()).toBe(feeds.shown)
})
