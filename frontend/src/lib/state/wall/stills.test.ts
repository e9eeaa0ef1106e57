import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Spare } from '../../api'
import { StillPicture } from '../../player/frozen'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'
import type { SparesApart } from './apart.svelte'
import { Stills } from './stills.svelte'

const switchSpare = vi.fn(async () => ({}))
const open = vi.fn(() => false)
const load = vi.fn(async () => undefined)
let look: ReturnType<typeof vi.spyOn>
let still = true
let tile: { key: string; id: string; spare: undefined; spares: Partial<Spare>[]; player: object }
let end: () => void
beforeEach(() => {
  vi.useFakeTimers()
  switchSpare.mockClear()
  open.mockClear()
  still = true
  look = vi.spyOn(StillPicture.prototype, 'look').mockImplementation(() => still)
  const video = document.createElement('video')
  tile = {
    key: 'tile-1',
    id: 'a',
    spare: undefined,
    spares: [{ stream_id: 'b', state: 'ready' }],
    player: { status: 'playing', video },
  }
  const app = { client: { switchSpare }, active: { load } } as unknown as App
  const stills = new Stills(app, () => [tile as unknown as Tile], { open } as unknown as SparesApart)
  end = stills.follow()
})
afterEach(() => {
  end()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('asks for the spare of a picture that stands still, and then less and less often', async () => {
  await vi.advanceTimersByTimeAsync(5_000)
  expect(switchSpare.mock.calls).toEqual([['a', { reason: 'slate' }]])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(switchSpare).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(110_000)
  expect(switchSpare).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(switchSpare).toHaveBeenCalledTimes(3)
})

it('looks at no picture for which nothing can take over, or that does not play', async () => {
  tile.spares = [{ stream_id: 'b', state: 'failed' }]
  await vi.advanceTimersByTimeAsync(5_000)
  tile.spares = [{ stream_id: 'b', state: 'ready' }]
  tile.player = { ...tile.player, status: 'paused' }
  await vi.advanceTimersByTimeAsync(5_000)
  expect([look.mock.calls.length, switchSpare.mock.calls.length]).toEqual([0, 0])
})

it('leaves a moving picture alone, and survives a refusal', async () => {
  still = false
  await vi.advanceTimersByTimeAsync(5_000)
  expect(switchSpare).not.toHaveBeenCalled()
  still = true
  switchSpare.mockRejectedValueOnce(new Error('no spare'))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(switchSpare).toHaveBeenCalledOnce()
})

it('opens a spare that needs a player of its own in the tile', async () => {
  tile.spares = [{ stream_id: 'b', state: 'incompatible' }]
  open.mockReturnValueOnce(true)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(open).toHaveBeenCalledExactlyOnceWith(tile, 'shows a still picture')
  expect(switchSpare).not.toHaveBeenCalled()
})
