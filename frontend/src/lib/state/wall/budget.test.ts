import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Room } from '../../player/choice'
import type { Tile } from '../../player/tile.svelte'
import type { App } from '../app.svelte'
import { TileBudget } from './budget.svelte'

// Tiles of which only what the budget uses exists; the player's own part is in player.svelte.test.ts.
function fake(key: string, muted = true) {
  const done: string[] = []
  let room: Room | null | undefined
  const player = {
    muted,
    video: document.createElement('video'),
    stats: { frames: 0, dropped: 0, height: 720 },
    rest: () => done.at(-1) !== 'rest' && done.push('rest'),
    wake: () => done.at(-1) === 'rest' && done.push('wake'),
    choices: {
      below: 360 as number | null,
      reduced: false,
      setRoom: (r: Room | null) => (room = r),
      stepDown: () => void done.push('down'),
      stepUp: () => void done.push('up'),
    },
  }
  const tile = { key, player, playbacks: [{ player }] }
  return { key, player, done, room: () => room, tile: tile as unknown as Tile }
}

const show = vi.fn()
const app = { route: { page: 'watch' }, preferences: { get: () => 'on' }, notices: { show } }
let tiles: ReturnType<typeof fake>[]
let budget: TileBudget
let end: () => void
let hidden = false

const place = (covered: string[] = []) =>
  budget.setPlaces(
    new Map(
      tiles.map((t, i) => [
        t.key,
        { room: { width: 320 * (i + 1), height: 180 * (i + 1) }, covered: covered.includes(t.key) },
      ]),
    ),
  )
const setHidden = (on: boolean) => {
  hidden = on
  document.dispatchEvent(new Event('visibilitychange'))
}
const seconds = (n: number) => vi.advanceTimersByTime(n * 1000)

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  show.mockReset()
  app.route.page = 'watch'
  hidden = false
  tiles = [fake('a'), fake('b'), fake('heard', false)]
  budget = new TileBudget(
    app as unknown as App,
    () => tiles.map((t) => t.tile),
    () => tiles[2]?.tile,
  )
  end = budget.follow()
  place()
})
afterEach(() => {
  end()
  vi.useRealTimers()
})

it('gives each tile the room that it has', () => {
  expect(tiles.map((t) => t.room()?.height)).toEqual([180, 360, 540])
})

it('stops decoding on another page after some seconds, except for what is heard, which gets its smallest picture', () => {
  app.route.page = 'schedule'
  seconds(4)
  app.route.page = 'watch'
  seconds(2)
  expect(
    tiles.map((t) => t.done.join()),
    'a glance at another page',
  ).toEqual(['', '', ''])
  app.route.page = 'schedule'
  seconds(7)
  expect(tiles.map((t) => t.done.join())).toEqual(['rest', 'rest', ''])
  expect(tiles[2]?.room()?.height).toBe(540)
  seconds(30)
  expect(tiles[2]?.room()?.height).toBe(0)
  app.route.page = 'watch'
  seconds(1)
  expect(tiles.map((t) => t.done.join())).toEqual(['rest,wake', 'rest,wake', ''])
  expect(tiles[2]?.room()?.height).toBe(540)
})

it('does the same in a hidden window and behind a tile in full screen', () => {
  setHidden(true)
  seconds(7)
  expect(tiles.map((t) => t.done.join())).toEqual(['rest', 'rest', ''])
  setHidden(false)
  seconds(1)
  place(['a', 'heard'])
  seconds(7)
  expect(tiles.map((t) => t.done.join())).toEqual(['rest,wake,rest', 'rest,wake', ''])
  place()
  expect(tiles[0]?.done.join(), 'at once').toBe('rest,wake,rest,wake')
})

it('plays a tile on that is heard later, or that floats above the windows', () => {
  app.route.page = 'schedule'
  seconds(7)
  const [a, b] = tiles
  if (!a || !b) throw new Error('no tiles')
  a.player.muted = false
  const floating = { configurable: true, value: b.player.video }
  Object.defineProperty(document, 'pictureInPictureElement', floating)
  seconds(1)
  expect([a.done.join(), b.done.join()]).toEqual(['rest,wake', 'rest,wake'])
  Reflect.deleteProperty(document, 'pictureInPictureElement')
})

it('lowers the smallest tile if frames are dropped, and says so once', () => {
  for (let i = 0; i < 30; i++) {
    for (const t of tiles) {
      t.player.stats.frames += 25
      t.player.stats.dropped += 2
    }
    seconds(1)
  }
  expect(tiles.map((t) => t.done.join())).toEqual(['down,down', '', ''])
  expect(show.mock.calls).toEqual([
    ['info', 'This device drops frames with 3 feeds, so the smallest tiles play at a lower quality.'],
  ])
})

it('says what the user can do if no tile can be lowered', () => {
  for (const t of tiles) t.player.choices.below = null
  for (let i = 0; i < 60; i++) {
    for (const t of tiles) {
      t.player.stats.frames += 25
      t.player.stats.dropped += 2
    }
    seconds(1)
  }
  expect(tiles.flatMap((t) => t.done)).toEqual([])
  expect(show.mock.calls).toEqual([
    ['warning', 'This device drops frames with 3 feeds. Close one, or choose a lower quality.'],
  ])
})
