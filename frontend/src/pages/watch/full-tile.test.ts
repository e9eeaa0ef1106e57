import { expect, it, vi } from 'vitest'
import { FullTile } from './full-tile.svelte'

it('follows the focus, and leaves full screen when the last tile is closed', async () => {
  const fullscreen = vi.fn(async () => undefined)
  const full = new FullTile({ fullscreen, isFullscreen: async () => false })
  await full.enter('tile-1')
  full.show('tile-2')
  expect([full.key, fullscreen.mock.calls]).toEqual(['tile-2', [[true]]])
  full.show('')
  await vi.waitFor(() => expect(fullscreen.mock.calls).toEqual([[true], [false]]))
  expect(full.key).toBe('')
  full.show('tile-3')
  expect(full.key, 'no tile fills the window').toBe('')
})
