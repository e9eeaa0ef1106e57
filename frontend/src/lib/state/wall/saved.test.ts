import { describe, expect, it, vi } from 'vitest'
import type { Stream } from '../../api'
import {
  app,
  feed,
  ids,
  saved,
  saveElsewhere,
  settle,
  start,
  startEach,
  stored,
  store,
  wall,
} from '../../../test/wall'

startEach()

const list = async (...streams: Stream[]) => {
  app.streams.set({ streams, count: streams.length })
  await settle()
}
const titled = (id: string, title: string) => feed(id, { title })
const tiles = () => wall.tiles.map((t) => t.title).join(', ')

async function saveRaceDay() {
  await list(titled('w', 'World feed'), titled('o', 'Onboard 4'), titled('t', 'Timing'))
  for (const s of app.streams.value?.streams ?? []) wall.open(s)
  wall.arrangement.choose('1+2')
  wall.arrangement.setRatio(0.75)
  await wall.saved.save('Race day')
}

describe('a saved wall', () => {
  it('stores its feeds by rule, and finds them under other ids', async () => {
    await saveRaceDay()
    expect(saved[0]?.wall).toMatchObject({
      version: 2,
      layout: '1+2',
      ratio: 0.75,
      tiles: [{ kind: 'stream', source: 'club', title: 'World feed', id: 'w' }, { title: 'Onboard 4' }, {}],
    })
    wall.clear()
    await list(titled('t2', 'Timing'), titled('w2', 'WORLD FEED 1080p'), titled('o2', 'Onboard 4'))
    wall.arrangement.setRatio(null)
    expect(wall.saved.open('Race day')).toBe(true)
    expect([ids(), wall.arrangement.ratio]).toEqual(['w2 o2 t2', 0.75])
    expect(wall.saved.open('Unknown')).toBe(false)
  })

  it('restarts no tile that is in both, even if no source lists its feed now', async () => {
    await saveRaceDay()
    const kept = wall.tiles.filter((t) => t.id !== 'o')
    wall.close('o')
    wall.open(titled('p', 'Pit lane'))
    await list(titled('w', 'World feed'), titled('o', 'Onboard 4'), titled('p', 'Pit lane'))
    const players = kept.map((t) => t.player)
    const closed = kept.map((t) => vi.spyOn(t, 'close'))
    wall.saved.open('Race day')
    expect(ids()).toBe('w o t')
    expect(kept.every((t) => wall.tiles.includes(t))).toBe(true)
    expect(kept.map((t) => t.player)).toEqual(players)
    expect(closed.every((c) => c.mock.calls.length === 0)).toBe(true)
  })

  it('waits at its place for a feed that no source lists, and opens it when it appears', async () => {
    await saveRaceDay()
    wall.clear()
    await list(titled('o', 'Onboard 4'))
    wall.saved.open('Race day')
    expect([tiles(), wall.waiting.list.map((w) => `${w.place} ${w.tile.title}`)]).toEqual([
      'Onboard 4',
      ['0 World feed', '2 Timing'],
    ])
    const [first, second, third] = [
      wall.arrangement.waitingRects[0],
      wall.arrangement.rects[0],
      wall.arrangement.waitingRects[1],
    ]
    expect(first?.w, 'the large place waits').toBeGreaterThan(second?.w ?? Infinity)
    expect(third?.y).toBeGreaterThan(second?.y ?? Infinity)

    // It is kept with the wall.
    await settle()
    await vi.advanceTimersByTimeAsync(600)
    await start(stored)
    expect([tiles(), wall.waiting.list.length, wall.saved.name]).toEqual(['Onboard 4', 2, 'Race day'])
    const onboard = wall.tiles[0]
    await list(titled('o', 'Onboard 4'), titled('w9', 'World feed'))
    expect(tiles()).toBe('World feed, Onboard 4')
    expect(wall.tiles[1]).toBe(onboard)
    expect(wall.announcement).toBe('World feed has appeared, at position 1')

    // Saving it again keeps the feed that is waited for.
    await wall.saved.save('Race day')
    expect(app.savedWalls.find('Race day')?.tiles.map((t) => t.title)).toEqual([
      'World feed',
      'Onboard 4',
      'Timing',
    ])
    const [timing] = wall.waiting.list
    if (timing) wall.saved.stopWaiting(timing)
    await list(titled('o', 'Onboard 4'), titled('w9', 'World feed'), titled('t', 'Timing'))
    expect(tiles()).toBe('World feed, Onboard 4')
  })

  it('gives up waiting places when the wall is full', async () => {
    await saveRaceDay()
    wall.clear()
    await list(titled('o', 'Onboard 4'))
    wall.saved.open('Race day')
    for (let i = 0; i < 8; i++) wall.open(feed(`f${i}`))
    expect([wall.tiles.length, wall.waiting.list.length]).toEqual([9, 0])
  })

  it('of an older version, with ids alone, opens', async () => {
    await wall.saved.save('x')
    saved[0] = {
      name: 'x',
      revision: 'r',
      wall: { layout: '2x2', tiles: [{ id: 'a', title: 'A' }, { id: 'b' }] },
    }
    await app.walls.load()
    wall.saved.open('x')
    expect([ids(), wall.arrangement.layout]).toEqual(['a b', '2x2'])
  })

  it('that was saved says so', async () => {
    await saveRaceDay()
    expect(app.notices.toasts.at(-1)).toMatchObject({ tone: 'done', text: 'Saved the wall “Race day”.' })
  })

  it('can be renamed, and keeps what a newer version stored in it', async () => {
    await saveRaceDay()
    const [before] = saved
    store([{ ...before, wall: { ...(before?.wall as object), later: 1 } } as (typeof saved)[0]])
    await app.walls.load()
    expect(await wall.saved.rename('Race day', 'Sunday')).toBe('')
    expect(saved.map((w) => w.name)).toEqual(['Sunday'])
    expect(saved[0]?.wall).toMatchObject({ layout: '1+2', later: 1 })
    // The wall of this page has the new name, too, so saving it again does not conflict.
    expect([wall.saved.name, wall.saved.changedElsewhere('Sunday', saved[0]?.revision ?? '')]).toEqual([
      'Sunday',
      false,
    ])
    expect(await wall.saved.save('Sunday')).toBe(true)
  })

  it('keeps its name if the new one is in use, or another screen has changed it', async () => {
    await saveRaceDay()
    const inUse = 'There is a wall “Two” already. Choose another name.'
    // Saved on another screen, which this page does not know yet.
    await saveElsewhere('Two', { tiles: [] })
    expect(await wall.saved.rename('Race day', 'Two')).toBe(inUse)
    expect(await wall.saved.rename('Race day', 'Two')).toBe(inUse)
    await saveElsewhere('Race day', { tiles: [] })
    expect(await wall.saved.rename('Race day', 'Sunday')).toBe(
      '“Race day” was changed on another screen meanwhile. Try again.',
    )
    expect(saved.map((w) => w.name)).toEqual(['Two', 'Race day'])
    expect(wall.saved.name).toBe('Race day')
    expect(await wall.saved.rename('Nothing', 'Something')).toBe('The wall “Nothing” no longer exists.')
  })

  it('that was opened in place of another can be undone, with what waited there', async () => {
    await saveRaceDay()
    wall.clear()
    await list(titled('o', 'Onboard 4'))
    wall.saved.open('Race day')
    wall.saved.open('Race day')
    const before = wall.waiting.list
    await list(titled('o', 'Onboard 4'), titled('z', 'Other'))
    app.route.go('watch')
    await app.client.putWall('Two', '0', { tiles: [{ title: 'Other', source: 'club' }] })
    await app.walls.load()
    wall.saved.open('Two')
    expect([tiles(), wall.waiting.list.length]).toEqual(['Other', 0])
    const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
    app.notices.act(toast?.id ?? 0)
    expect([tiles(), wall.waiting.list, wall.saved.name]).toEqual(['Onboard 4', before, 'Race day'])
  })
})

describe('the file of a wall', () => {
  const file = (content: unknown, name = 'x.json') =>
    new File([typeof content === 'string' ? content : JSON.stringify(content)], name)
  const wallFile = (rest: object = {}) =>
    file({
      type: 'gridwall.wall',
      version: 2,
      name: 'Spa',
      layout: '2',
      tiles: [{ kind: 'stream', source: 'club', title: 'World feed' }],
      ...rest,
    })
  const said = () => app.notices.toasts.at(-1)

  it('is exported and imported, and the wall of the page does not change', async () => {
    await saveRaceDay()
    const before = [...wall.tiles]
    const save = vi.fn(async (name: string) => name)
    await app.savedWalls.export('Race day', save)
    expect(save).toHaveBeenCalledWith('Race day.gridwall.json', expect.stringContaining('"gridwall.wall"'))
    const content = (save.mock.calls as unknown[][])[0]?.[1] as string
    await app.drop(file(content, 'Race day.gridwall.json'))
    expect(app.savedWalls.list.map((w) => w.name).sort()).toEqual(['Race day', 'Race day 2'])
    expect(said()?.text).toBe('Imported the wall “Race day 2”.')
    expect(wall.tiles).toEqual(before)
    app.notices.act(said()?.id ?? 0)
    expect(location.hash).toBe('#/watch?wall=Race+day+2')
  })

  it('with feeds that no source lists says for which it will wait', async () => {
    await list(titled('t', 'Timing'))
    await app.savedWalls.importOrSay(wallFile(), () => undefined)
    expect(said()?.text).toBe(
      'Imported the wall “Spa”. It will wait for World feed, which no source lists now.',
    )
  })

  it('of a newer version is imported, and says that parts are left out', async () => {
    await list(titled('w', 'World feed'))
    await app.savedWalls.importOrSay(wallFile({ version: 3, layout: 'ring' }), () => undefined)
    expect(said()?.text).toBe(
      'Imported the wall “Spa”. A newer Gridwall saved it: parts that this version does not know were left out.',
    )
  })

  it('is refused in one line if it is no wall', async () => {
    for (const other of [
      '',
      '{}',
      '[1]',
      '{"type":"gridwall.offsets"}',
      `{"type":"gridwall.wall","x":"${'x'.repeat(70_000)}"}`,
    ]) {
      await app.savedWalls.importOrSay(file(other, 'list.json'), () => undefined)
      expect(said()?.text).toBe('list.json is not a wall that Gridwall saved.')
      app.notices.dismiss(said()?.id ?? 0)
    }
    expect(saved).toEqual([])
  })
})
