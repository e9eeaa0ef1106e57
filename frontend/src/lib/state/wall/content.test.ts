import { describe, expect, it } from 'vitest'
import {
  app,
  feed,
  ids,
  listener,
  saveElsewhere,
  session,
  settle,
  start,
  startEach,
  wall,
} from '../../../test/wall'

startEach()

describe('a session', () => {
  it('opens its best four live feeds', () => {
    const s = session('Race', ['a', 'b', 'c', 'd', 'e', 'f'])
    s.streams[1] = feed('b', { is_live: false })
    expect(wall.openSession(s)).toBe('opened')
    expect(ids()).toBe('a c d e')
    expect(app.notices.toasts).toEqual([])
  })

  it('keeps the tiles that belong to it, and offers to restore the others', () => {
    for (const id of ['x', 'b', 'y']) wall.open(feed(id))
    wall.arrangement.choose('1+2')
    wall.focus('y')
    const b = wall.tiles[1]
    expect(wall.openSession(session('Race', ['a', 'b']))).toBe('opened')
    expect(ids()).toBe('a b')
    expect(wall.tiles[1]).toBe(b)
    const undo = app.notices.toasts[0]
    expect(undo?.action?.label).toBe('Undo')
    app.notices.act(undo?.id ?? 0)
    expect([ids(), wall.focused?.id, wall.session]).toEqual(['x b y', 'y', null])
    expect(wall.tiles[1]).toBe(b)
  })

  it('leaves its wall as the user arranged it', () => {
    const race = session('Race', ['a', 'b', 'c', 'd'])
    wall.openSession(race)
    wall.close('d')
    wall.open(feed('x'))
    wall.swap('a', 'c')
    expect(wall.openSession(race)).toBe('unchanged')
    expect(ids()).toBe('c b a x')
    // Another session is another wall.
    expect(wall.openSession(session('Sprint', ['s']))).toBe('opened')
    expect(ids()).toBe('s')
  })

  it('has the layout for its feeds once those that the layout was chosen for are closed', async () => {
    const nine = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    const race = session('Race', ['a', 'b', 'c', 'd'])
    const closeAll = () => nine.forEach((id) => wall.close(id))
    nine.forEach((id) => wall.open(feed(id)))
    wall.arrangement.choose('3x3')
    closeAll()
    wall.openSession(race)
    expect([ids(), wall.arrangement.chosen]).toEqual(['a b c d', null])

    // A layout that was chosen for the empty wall stays.
    closeAll()
    wall.arrangement.choose('3x3')
    wall.openSession(race)
    expect([ids(), wall.arrangement.chosen]).toEqual(['a b c d', '3x3'])
    // So does that of a wall with feeds, when another session replaces them.
    wall.openSession(session('Sprint', ['s']))
    expect([ids(), wall.arrangement.chosen]).toEqual(['s', '3x3'])
    // After a restart the wall is still empty.
    wall.close('s')
    await start({ ...wall.document } as never)
    wall.openSession(race)
    expect([ids(), wall.arrangement.chosen]).toEqual(['a b c d', null])
  })

  it('without feeds changes nothing', () => {
    wall.open(feed('a'))
    expect(wall.openSession(session('Race', []))).toBe('none')
    expect([ids(), wall.session]).toEqual(['a', null])
  })
})

describe('a session with a rule', () => {
  it('opens exactly its feeds, offline ones and more than four included, in its layout', async () => {
    await start()
    const feeds = session('Race', ['a', 'b', 'c', 'd', 'e'])
    feeds.streams = feeds.streams.map((s) => (s.id === 'b' ? { ...s, is_live: false } : s))
    wall.openSession({ ...feeds, rule: { place: 0, name: 'r', fixed: false, chooses: true }, layout: '1+5' })
    expect(ids()).toBe('a b c d e')
    expect(wall.arrangement.layout).toBe('1+5')
  })

  it('opens by itself at its start, or offers to if something is playing', async () => {
    await start()
    const notice = { kind: 'open', message: 'Race begins: Grand Prix', event_id: 'e1', session: 'Race' }
    const begins = () => listener?.event({ type: 'notice', seq: 1, at: '', notice })
    app.playing = () => true
    location.hash = '#/schedule'
    begins()
    expect(location.hash).toBe('#/schedule')
    const toast = app.notices.toasts.find((t) => t.text === 'Race begins: Grand Prix')
    expect(toast?.action?.label).toBe('Open its feeds')
    app.notices.act(toast?.id ?? 0)
    expect(location.hash).toBe('#/watch?event=e1&session=Race')
    location.hash = '#/schedule'
    app.playing = () => false
    begins()
    expect(location.hash).toBe('#/watch?event=e1&session=Race')
  })
})

it('saved walls open with one click, and a deleted one can be restored', async () => {
  wall.arrangement.choose('1+2')
  for (const id of ['a', 'b']) wall.open(feed(id))
  expect(await wall.saved.save('Race day')).toBe(true)
  wall.clear()
  wall.open(feed('z'))
  wall.saved.open('Race day')
  expect([ids(), wall.arrangement.layout]).toEqual(['a b', '1+2'])
  expect(await wall.saved.save('Race day')).toBe(true)
  expect(app.savedWalls.list).toHaveLength(1)
  await app.savedWalls.delete('Race day')
  expect(app.savedWalls.list).toHaveLength(0)
  const toast = app.notices.toasts.findLast((t) => t.action?.label === 'Undo')
  app.notices.act(toast?.id ?? 0)
  await settle()
  expect(app.savedWalls.list.map((n) => n.name)).toEqual(['Race day'])
})

it('a wall that another screen has changed is not overwritten', async () => {
  wall.open(feed('a'))
  await wall.saved.save('Monaco')
  await saveElsewhere('Monaco', { layout: '2x2', tiles: [{ id: 'b' }] })
  // The event arrives, but the user has not seen the other wall.
  listener?.event({ type: 'walls', seq: 1, at: '' })
  await settle()
  expect(await wall.saved.save('Monaco')).toBe(false)
  expect(wall.saved.conflict).toBe('Monaco')
  expect(app.savedWalls.find('Monaco')?.tiles.map((t) => t.id)).toEqual(['b'])
  wall.saved.keepTheirs()
  expect([wall.saved.conflict, app.savedWalls.find('Monaco')?.layout]).toEqual(['', '2x2'])
  expect(await wall.saved.save('Monaco'), 'it is still not overwritten by itself').toBe(false)
  expect(await wall.saved.replaceTheirs()).toBe(true)
  expect([wall.saved.conflict, app.savedWalls.find('Monaco')?.tiles.map((t) => t.id)]).toEqual(['', ['a']])

  await saveElsewhere('Spa', { tiles: [{ id: 'c' }] })
  listener?.event({ type: 'walls', seq: 1, at: '' })
  await settle()
  expect(app.savedWalls.list.map((n) => n.name).sort()).toEqual(['Monaco', 'Spa'])
})
