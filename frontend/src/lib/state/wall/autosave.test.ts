import { describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../api'
import type { Layouts } from '../../grid/layouts'
import {
  app,
  begin,
  feed,
  heard,
  ids,
  stored,
  listener,
  put,
  settle,
  start,
  startEach,
  wall,
} from '../../../test/wall'

startEach()

describe('the last wall', () => {
  const last: Layouts = {
    version: 1,
    layout: '1+3',
    focus: 'b',
    tiles: [
      {
        id: 'a',
        title: 'World',
        site_name: 'Club',
        quality: '1080p',
        settings: { volume: 0.4, colour: 'red' },
      },
      { id: 'b', title: 'Onboard', site_name: 'Club', quality: '720p', settings: 'none' },
      { id: 'a', title: 'twice' },
      { title: 'without an id' },
      7,
    ],
    panel: false,
    muted: true,
    of_another: { keep: 'me' },
  }

  it('is restored, without invalid parts', async () => {
    await start(last)
    expect([ids(), wall.focused?.id, wall.arrangement.layout, wall.panel, wall.sound.muted]).toEqual([
      'a b',
      'b',
      '1+3',
      false,
      true,
    ])
    expect(wall.tiles[0]?.title).toBe('World')
    expect(wall.tiles[0]?.settings().volume).toBe(0.4)
    expect(heard()).toEqual([])
  })

  it('is saved half a second after the last change, with unknown fields', async () => {
    await start(last)
    await vi.advanceTimersByTimeAsync(2_000)
    put.mockClear()
    wall.sound.setMuted(false)
    await settle()
    await vi.advanceTimersByTimeAsync(400)
    wall.swap('a', 'b')
    await settle()
    await vi.advanceTimersByTimeAsync(400)
    expect(put).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    expect(put).toHaveBeenCalledOnce()
    expect(stored).toMatchObject({
      version: 1,
      layout: '1+3',
      focus: 'b',
      muted: false,
      panel: false,
      tiles: [
        { id: 'b', title: 'Onboard' },
        { id: 'a', title: 'World', quality: '1080p', site_name: 'Club', settings: { volume: 0.4 } },
      ],
      of_another: { keep: 'me' },
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(put).toHaveBeenCalledOnce()
  })

  it.each([[[]], [{ tiles: 'x', layout: '9x9', focus: 3, named: [1], session: 'live' }], [null]])(
    'is empty if the document is invalid: %j',
    async (doc) => {
      await start(doc as unknown as Layouts)
      expect([wall.ready, ids(), wall.arrangement.layout, wall.panel]).toEqual([true, '', 'auto', true])
      wall.open(feed('a'))
      await settle()
      await vi.advanceTimersByTimeAsync(600)
      expect(stored).toMatchObject({ version: 1, tiles: [{ id: 'a' }] })
    },
  )

  it('is not overwritten before it was read, and keeps tiles that were opened meanwhile', async () => {
    const layouts = vi.fn(async (): Promise<Layouts> =>
      Promise.reject(new ApiError('internal', 'the disk is gone')),
    )
    begin(Object.assign(app.client, { layouts }), app.shell)
    put.mockClear()
    listener?.connected(true)
    await settle()
    expect(wall.ready).toBe(true)
    wall.open(feed('new'))
    await settle()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(put).not.toHaveBeenCalled()
    layouts.mockResolvedValue(last)
    listener?.connected(false)
    listener?.connected(true)
    await settle()
    expect(ids()).toBe('a b new')
  })

  it('is saved after the server was unreachable', async () => {
    await start(last)
    await vi.advanceTimersByTimeAsync(1_000)
    put.mockClear()
    put.mockRejectedValueOnce(new ApiError('unreachable', 'Gridwall is not responding'))
    wall.arrangement.choose('2x2')
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    listener?.connected(false)
    await settle()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(put).toHaveBeenCalledOnce()
    listener?.connected(true)
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    expect(put).toHaveBeenCalledTimes(2)
    expect(stored['layout']).toBe('2x2')
  })
})

describe('two browsers on one server', () => {
  const laptop: Layouts = { version: 1, tiles: [{ id: 'a' }, { id: 'b' }], focus: 'a' }

  it('each have their own wall', async () => {
    await start(laptop, false)
    await vi.advanceTimersByTimeAsync(600)
    expect(ids(), 'a new browser begins with the last wall').toBe('a b')
    wall.open(feed('mine'))
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    // Another browser stores a different wall, and this one is reloaded.
    await start({ version: 1, tiles: [{ id: 'x' }], muted: true }, false)
    expect([ids(), wall.sound.muted]).toEqual(['a b mine', false])
  })

  it('a second tab starts with the wall of the browser, and does not change it', async () => {
    await start(laptop, false)
    wall.open(feed('mine'))
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    const first = sessionStorage.getItem('gridwall.wall') ?? ''
    sessionStorage.clear()
    await start({}, false)
    expect(ids()).toBe('a b mine')
    wall.close('a')
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    sessionStorage.setItem('gridwall.wall', first)
    await start({}, false)
    expect(ids(), 'the first tab, reloaded').toBe('a b mine')
  })

  it('ignores foreign values in the storage', async () => {
    sessionStorage.setItem('gridwall.wall', '{')
    localStorage.setItem('gridwall.wall', '7')
    await start(laptop, false)
    expect(ids()).toBe('a b')
  })
})
