import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Spare } from '../../api'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'
import { SparesApart } from './apart.svelte'

const change = vi.fn()
const show = vi.fn()
const spare = (stream_id: string, state: Spare['state']): Partial<Spare> => ({
  stream_id,
  state,
  title: 'World feed',
  site_name: `Site ${stream_id}`,
  quality: '',
})
let app: { connected: boolean; hidden: boolean; notices: { show: typeof show } }
let tile: {
  key: string
  id: string
  title: string
  site_name: string
  spares: Partial<Spare>[]
  upcoming: undefined
  player: { status: string; video: HTMLVideoElement }
}
let data: number
let end: () => void
beforeEach(() => {
  vi.useFakeTimers()
  change.mockReset()
  show.mockReset()
  data = 2
  const video = document.createElement('video')
  Object.defineProperty(video, 'readyState', { get: () => data })
  tile = {
    key: 'tile-1',
    id: 'a',
    title: 'World feed',
    site_name: 'Site a',
    spares: [spare('b', 'incompatible')],
    upcoming: undefined,
    player: { status: 'waiting', video },
  }
  app = { connected: true, hidden: false, notices: { show } }
  end = new SparesApart(app as unknown as App, { tiles: [tile as unknown as Tile], change }).follow()
})
afterEach(() => {
  end()
  vi.useRealTimers()
})

it('opens the spare of a feed that has stood still for twelve seconds, and says so; the next one a minute later', async () => {
  await vi.advanceTimersByTimeAsync(12_000)
  expect(change).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(change).toHaveBeenCalledExactlyOnceWith('a', {
    id: 'b',
    title: 'World feed',
    site_name: 'Site b',
    quality: '',
  })
  expect(show).toHaveBeenCalledExactlyOnceWith(
    'warning',
    'World feed: Site a has stopped; going on with Site b.',
  )
  await vi.advanceTimersByTimeAsync(70_000)
  expect(change).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(change).toHaveBeenCalledTimes(2)
})

it.each([
  ['plays', () => (tile.player.status = 'playing')],
  ['is paused', () => (tile.player.status = 'paused')],
  ['has data, and waits for its user', () => (data = 4)],
  ['has a spare that can go on behind the same address', () => tile.spares.push(spare('c', 'ready'))],
  ['has no spare', () => (tile.spares = [])],
  ['cannot reach the server', () => (app.connected = false)],
  ['is in a hidden window', () => (app.hidden = true)],
])('leaves a tile alone that %s', async (_, given) => {
  given()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(change).not.toHaveBeenCalled()
})

it('counts from the last picture', async () => {
  await vi.advanceTimersByTimeAsync(10_000)
  tile.player.status = 'playing'
  await vi.advanceTimersByTimeAsync(1_000)
  tile.player.status = 'waiting'
  await vi.advanceTimersByTimeAsync(11_000)
  expect(change).not.toHaveBeenCalled()
})
