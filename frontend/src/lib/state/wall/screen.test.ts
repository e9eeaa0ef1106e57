import { describe, expect, it, vi } from 'vitest'
import { ApiError, type ScreenReport } from '$lib/api'
import { app, feed, ids, listener, settle, start, startEach, wall } from '../../../test/wall'
import { screenName } from './screen-name'

startEach()

const reports: { id: string; report: ScreenReport }[] = []
let taken = false
/** What the server answers to the next reports. */
let refusals: ApiError[] = []

/** Makes the server of this test know screens. */
function withScreens() {
  reports.length = 0
  taken = false
  refusals = []
  Object.assign(app.client, {
    putScreen: async (id: string, report: ScreenReport) => {
      if (taken) {
        taken = false
        throw new ApiError('taken', 'the screen id is used by another page')
      }
      const refused = refusals.shift()
      if (refused) throw refused
      reports.push({ id, report })
      return report
    },
    deleteScreen: vi.fn(async () => undefined),
    streamChanges: async () => ({
      streams: [feed('a'), feed('b'), feed('c')],
      gone: [],
      since: '1',
      whole: true,
      more: false,
      count: 3,
    }),
  })
}
const last = () => {
  const found = reports.at(-1)?.report
  if (!found) throw new Error('nothing was reported')
  return found
}

let orders = 0
/** Sends a command, and returns the error that the page acknowledges it with; "" if it was carried out. */
async function order(command: string, args: object = {}, screen = app.screen): Promise<string> {
  const id = `order-${++orders}`
  listener?.event({
    type: 'screens',
    seq: orders,
    at: '',
    order: { screen, id, command, arguments: args },
  })
  for (let i = 0; i < 6; i++) await settle()
  const done = last().acknowledged?.find((a) => a.command === id)
  return done ? (done.error ?? '') : 'not acknowledged'
}

describe('a page as a screen', () => {
  it('reports its state after a change and in between, and says when it is left', async () => {
    withScreens()
    wall.open(feed('a'))
    wall.open(feed('b'))
    await vi.advanceTimersByTimeAsync(200)
    expect(reports).toHaveLength(1)
    expect(last()).toMatchObject({
      name: 'Window',
      layout: 'auto',
      sound: 'focus',
      focused: 1,
      muted: false,
      tiles: [
        { place: 1, stream_id: 'a', title: 'Feed a', muted: false, volume: 1, behind_live: null },
        { place: 2, stream_id: 'b', muted: true },
      ],
    })
    expect(JSON.stringify(last())).not.toContain('http')
    await vi.advanceTimersByTimeAsync(6_000)
    expect(reports.length).toBeGreaterThan(1)
    window.dispatchEvent(new Event('pagehide'))
    expect(app.client.deleteScreen).toHaveBeenCalledWith('window', last().page)
  })

  it('reports a wall of an odd document', async () => {
    await start({
      tiles: [
        { id: 'a b/../c', title: 'Odd' },
        { id: 'i'.repeat(500), title: 'Odd' },
        { id: 'a', title: 't'.repeat(5_000) },
        'odd',
      ],
      saved: { name: 'n'.repeat(200), revision: 'r' },
    })
    withScreens()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(last()).toMatchObject({ wall: '', tiles: [{ stream_id: 'a', title: 't'.repeat(300) }] })
  })

  it('repeats a report that was refused', async () => {
    withScreens()
    refusals = [new ApiError('too_many', 'too often')]
    wall.open(feed('a'))
    await vi.advanceTimersByTimeAsync(200)
    expect(reports).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(last().tiles).toMatchObject([{ stream_id: 'a' }])
  })

  it('names itself after the browser and the system', () => {
    const agent =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36'
    expect(screenName(false, agent)).toBe('Chromium on Linux')
    expect(screenName(false, agent.replace('Safari/537.36', 'Safari/537.36 Edg/140'))).toBe('Edge on Linux')
    expect(
      screenName(false, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604'),
    ).toBe('Safari on iPhone')
    expect(screenName(false, 'curl')).toBe('Browser')
    expect(screenName(true)).toBe('Window')
  })

  it('takes another id if another page has its own', async () => {
    await start({}, false)
    withScreens()
    const before = app.screen
    taken = true
    wall.open(feed('a'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(app.screen).not.toBe(before)
    expect(reports.at(-1)?.id).toBe(app.screen)
  })
})

describe('commands of a remote', () => {
  it('do what keys and buttons do', async () => {
    withScreens()
    expect(await order('open', { stream_id: 'a' })).toBe('')
    expect(await order('open', { stream_id: 'b' })).toBe('')
    expect(ids()).toBe('a b')
    const players = wall.tiles.map((t) => t.player)
    expect(await order('focus', { place: 2 })).toBe('')
    expect(last().focused).toBe(2)
    expect(await order('swap', { place: 1, with: 2 })).toBe('')
    expect(ids()).toBe('b a')
    expect(await order('pause', {})).toBe('')
    expect(wall.tiles.map((t) => t.player.wanted)).toEqual([false, false])
    expect(await order('play', { stream_id: 'a' })).toBe('')
    expect(wall.tiles.map((t) => t.player.wanted)).toEqual([false, true])
    expect(await order('volume', { place: 1, volume: 0.3 })).toBe('')
    expect(last().tiles[0]).toMatchObject({ stream_id: 'b', volume: 0.3 })
    expect(await order('sound', { place: 2 })).toBe('')
    expect(last()).toMatchObject({ sound: 'pinned', tiles: [{ muted: true }, { muted: false }] })
    expect(await order('sound', { muted: true })).toBe('')
    expect(last()).toMatchObject({ muted: true, tiles: [{ muted: true }, { muted: true }] })
    expect(await order('sound')).toBe('')
    expect(last()).toMatchObject({ muted: false, sound: 'focus' })
    expect(await order('sound', { place: 1, mix: true })).toBe('')
    expect(await order('sound', { place: 2, mix: true })).toBe('')
    expect(last()).toMatchObject({ sound: 'mix', tiles: [{ muted: false }, { muted: false }] })
    expect(await order('sound', { place: 1, mix: false })).toBe('')
    expect(last()).toMatchObject({ sound: 'mix', tiles: [{ muted: true }, { muted: false }] })
    expect(await order('sound', { mix: false })).toBe('')
    expect(last().sound).toBe('focus')
    expect(await order('layout', { layout: '2x2' })).toBe('')
    expect(last().layout).toBe('2x2')
    expect(await order('layout', { layout: 'next' })).toBe('')
    expect(last().layout).not.toBe('2x2')
    expect(await order('seek', { seconds: -10 })).toBe('')
    expect(await order('live')).toBe('')
    expect([...players].reverse()).toEqual(wall.tiles.map((t) => t.player))
    await wall.saved.save('Race')
    expect(await order('close', { place: 1 })).toBe('')
    expect(ids()).toBe('a')
    expect(await order('wall', { wall: 'Race' })).toBe('')
    expect(last()).toMatchObject({ wall: 'Race', tiles: [{ stream_id: 'b' }, { stream_id: 'a' }] })
    expect(wall.tiles[1]?.player).toBe(players[0])
  })

  it('are refused with one line if they cannot be carried out, and change nothing', async () => {
    withScreens()
    expect(await order('close')).toBe('The wall is empty.')
    expect(await order('open', { stream_id: 'nope' })).toBe('No source lists this stream.')
    await order('open', { stream_id: 'a' })
    expect(await order('focus', { place: 4 })).toBe('Tile 4 does not exist: the wall has 1.')
    expect(await order('close', { stream_id: 'c' })).toBe('This stream is not on the wall.')
    expect(await order('layout', { layout: 'sideways' })).toMatch(
      /^Unknown layout “sideways”; use next, auto/,
    )
    expect(await order('wall', { wall: 'gone' })).toBe('No wall is saved as “gone”.')
    expect(await order('dance')).toBe('This screen cannot do “dance”.')
    expect(ids()).toBe('a')
  })

  it('are acknowledged again if the report was refused or lost', async () => {
    withScreens()
    await order('open', { stream_id: 'a' })
    refusals = [new ApiError('too_many', 'too often'), new ApiError('unreachable', 'no answer')]
    expect(await order('open', { stream_id: 'b' })).toBe('not acknowledged')
    await vi.advanceTimersByTimeAsync(2_100)
    expect(ids()).toBe('a b')
    expect(last().acknowledged).toEqual([{ command: `order-${orders}` }])
    await vi.advanceTimersByTimeAsync(6_000)
    expect(last().acknowledged, 'once').toEqual([])
  })

  it('are not acknowledged when the server no longer waits', async () => {
    withScreens()
    await order('open', { stream_id: 'a' })
    const before = reports.length
    refusals = Array.from({ length: 7 }, () => new ApiError('invalid', 'no'))
    await order('open', { stream_id: 'b' })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(reports.length).toBeGreaterThan(before)
    expect(last().acknowledged).toEqual([])
  })

  it('are refused with a reason of at most 300 characters', async () => {
    withScreens()
    expect(await order('wall', { wall: '🏁'.repeat(400) })).toMatch(/^No wall is saved as “(🏁){279}$/u)
  })

  it('for another screen are ignored', async () => {
    withScreens()
    await order('open', { stream_id: 'a' })
    expect(await order('close', { place: 1 }, 'another')).toBe('not acknowledged')
    expect(ids()).toBe('a')
  })
})
