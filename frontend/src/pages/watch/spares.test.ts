import { beforeEach, expect, it, vi } from 'vitest'
import { ApiError, type Spare } from '$lib/api'
import type { Tile } from '$lib/player/tile.svelte'
import type { App } from '$lib/state/app.svelte'
import type { Wall } from '$lib/state/wall.svelte'
import { Spares } from './spares.svelte'

const spare = (stream_id: string, state: Spare['state'] = 'ready'): Spare => ({
  stream_id,
  title: 'World feed',
  quality: '720p',
  site_key: stream_id,
  site_name: `Site ${stream_id}`,
  state,
  message: '',
})

const switchSpare = vi.fn()
const load = vi.fn()
const change = vi.fn()
const show = vi.fn()
let tile: Tile
let spares: Spares
beforeEach(() => {
  for (const f of [switchSpare, load, change, show]) f.mockReset()
  tile = {
    key: 'tile-1',
    id: 'a',
    title: 'World feed',
    spares: [spare('b'), spare('c', 'incompatible')],
  } as never
  const app = { client: { switchSpare }, active: { load }, notices: { show } } as unknown as App
  spares = new Spares(app, { tiles: [tile], change } as unknown as Wall)
})

it('asks for the next spare, one of its own choice, or the feed itself', async () => {
  await spares.use(tile)
  await spares.use(tile, 'b')
  await spares.use(tile, '')
  expect(switchSpare.mock.calls).toEqual([
    ['a', {}],
    ['a', { stream_id: 'b' }],
    ['a', { stream_id: '' }],
  ])
  expect(load).toHaveBeenCalledTimes(3)
  expect(show).not.toHaveBeenCalled()
})

it('lets the user choose a spare if there is none', async () => {
  tile = { ...tile, spares: [] } as unknown as Tile
  await spares.use(tile)
  expect([spares.chosen?.key, switchSpare.mock.calls.length]).toEqual(['tile-1', 0])
  spares.choose(undefined)
  expect(spares.chosen).toBeUndefined()
})

it('changes the tile to a spare whose playlists cannot follow', async () => {
  switchSpare.mockRejectedValue(new ApiError('incompatible', 'its audio is separate'))
  await spares.use(tile, 'c')
  expect(change).toHaveBeenCalledWith('a', {
    id: 'c',
    title: 'World feed',
    site_name: 'Site c',
    quality: '720p',
  })
  expect(show).not.toHaveBeenCalled()
})

it('says in one line why it cannot switch', async () => {
  switchSpare.mockRejectedValue(new ApiError('upstream', 'Site b cannot be read.'))
  await spares.use(tile, 'b')
  expect(show).toHaveBeenCalledWith('error', 'World feed: Site b cannot be read.')
  expect(change).not.toHaveBeenCalled()
})
