import { beforeEach, describe, expect, it } from 'vitest'
import { languagesOf } from '../../grid/mixer'
import { preferredTrack } from '../../player/choice'
import { feed, heard, settle, start, startEach, wall } from '../../../test/wall'

startEach()

describe('the sound', () => {
  beforeEach(async () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    await settle()
  })

  it('follows the focus: one tile is heard', () => {
    expect(heard()).toEqual(['a'])
    wall.focus('c')
    expect(heard()).toEqual(['c'])
    wall.close('c')
    expect(heard()).toEqual(['b'])
  })

  it('stays muted until it is unmuted', async () => {
    wall.sound.setMuted(true)
    wall.focus('b')
    await settle()
    expect(heard()).toEqual([])
    wall.sound.setMuted(false)
    expect(heard()).toEqual(['b'])
  })

  it('moves to the tile whose own button unmutes it, and is muted with the one that is heard', async () => {
    wall.tiles[2]?.player.setMuted(false)
    await settle()
    expect([heard(), wall.focused?.id]).toEqual([['c'], 'c'])
    wall.tiles[2]?.player.setMuted(true)
    await settle()
    expect(wall.sound.muted).toBe(true)
    wall.focus('a')
    expect(heard()).toEqual([])
  })

  it('can be pinned to a tile', async () => {
    wall.sound.choose('b')
    wall.focus('c')
    await settle()
    expect([heard(), wall.sound.stays]).toEqual([['b'], true])
    wall.close('b')
    await settle()
    expect([heard(), wall.sound.stays]).toEqual([['c'], false])
  })
})

describe('the mix', () => {
  beforeEach(async () => {
    for (const id of ['a', 'b', 'c']) wall.open(feed(id))
    await settle()
  })

  it('starts with the feed that is heard, and takes others in', async () => {
    wall.focus('b')
    wall.sound.setMix(true)
    wall.focus('c')
    await settle()
    expect(heard()).toEqual(['b'])
    wall.sound.setOn('a', true)
    wall.open(feed('d'))
    await settle()
    expect(heard(), 'a new tile does not join by itself').toEqual(['a', 'b'])
    wall.sound.setMix(false)
    expect(heard()).toEqual(['c'])
    wall.sound.setMix(true)
    expect(heard(), 'as it was').toEqual(['a', 'b'])
  })

  it('takes in and leaves out a tile by its own button, and is muted as a whole', async () => {
    wall.sound.setMix(true)
    wall.tiles[2]?.player.setMuted(false)
    await settle()
    expect(heard()).toEqual(['a', 'c'])
    wall.tiles[0]?.player.setMuted(true)
    await settle()
    expect([heard(), wall.sound.isOn('a')]).toEqual([['c'], false])
    wall.sound.setMuted(true)
    await settle()
    expect([heard(), wall.sound.isOn('c')]).toEqual([[], true])
    wall.sound.setMuted(false)
    await settle()
    expect(heard()).toEqual(['c'])
  })

  it('puts two feeds on the left and the right, and back', () => {
    wall.sound.setMix(true)
    wall.sound.setOn('b', true)
    wall.sound.setSplit(true)
    expect([wall.sound.split, ...wall.tiles.map((t) => t.player.pan)]).toEqual([true, -1, 1, 0])
    wall.sound.setSplit(false)
    expect([wall.sound.split, ...wall.tiles.map((t) => t.player.pan)]).toEqual([false, 0, 0, 0])
  })

  it('and the level of the others are restored, absurd values are not', async () => {
    wall.sound.setMix(true)
    wall.sound.setOn('b', true)
    wall.sound.setPan('b', 0.5)
    wall.sound.setDuck(0.2)
    const { mixer } = wall.document
    await start({ tiles: ['a', 'b'].map((id) => ({ ...feed(id), settings: {} })), mixer })
    expect([heard(), wall.sound.duck, wall.tiles[1]?.player.pan]).toEqual([['a', 'b'], 0.2, 0.5])
    await start({
      tiles: [{ ...feed('a'), settings: {} }],
      mixer: { mix: 'yes', on: [7, null], duck: 99, feeds: { a: { level: -3, pan: 'left' }, b: 7 } },
    })
    expect([heard(), wall.sound.duck, wall.sound.pan('a')]).toEqual([['a'], 0.5, 0])
    expect(wall.document.mixer).toEqual({ mix: false, on: [], duck: 0.5, feeds: expect.anything() })
  })
})

describe('the choices for a feed', () => {
  it('come back when the feed is opened again, in another tile too', async () => {
    wall.open(feed('a'))
    wall.open(feed('b'))
    await settle()
    wall.tiles[1]?.player.setVolume(0.3)
    wall.sound.setPan('b', -1)
    await settle()
    wall.close('b')
    await settle()
    wall.open(feed('b'))
    await settle()
    expect([wall.tiles[1]?.player.volume, wall.tiles[1]?.player.pan]).toEqual([0.3, -1])
  })
})

describe('the others', () => {
  it('are ducked instead of muted, unless all is muted or mixed', async () => {
    for (const id of ['a', 'b']) wall.open(feed(id))
    await settle()
    const videos = wall.tiles.map((t) => {
      const video = document.createElement('video')
      t.player.attach(video)
      return video
    })
    const sounds = () => videos.map((v) => (v.muted ? 'muted' : v.volume))
    expect(sounds()).toEqual([1, 'muted'])
    wall.sound.setDuck(0.2)
    await settle()
    expect(sounds()).toEqual([1, 0.2])
    expect(heard(), 'one is still the one that is heard').toEqual(['a'])
    wall.focus('b')
    await settle()
    expect(sounds()).toEqual([0.2, 1])
    wall.sound.setMuted(true)
    expect(sounds()).toEqual(['muted', 'muted'])
    wall.sound.setMix(true)
    expect(sounds()).toEqual(['muted', 1])
  })
})

describe('a stream without a tile', () => {
  it('is heard over muted pictures, keeps playing when tiles close, and is restored', async () => {
    wall.open(feed('a'))
    wall.radio.open(feed('r', { title: 'Radio' }))
    await settle()
    expect(wall.radio.tile?.player.muted, 'it is one of the others until it is chosen').toBe(true)
    wall.sound.choose('r')
    wall.focus('a')
    await settle()
    expect([heard(), wall.radio.tile?.player.muted, wall.sound.stays]).toEqual([[], false, true])
    expect(
      wall.tiles.map((t) => t.id),
      'it has no tile',
    ).toEqual(['a'])
    const radio = wall.radio.tile
    wall.close('a')
    await settle()
    expect(wall.radio.tile).toBe(radio)
    const doc = wall.document
    await start({ tiles: [{ ...feed('a'), settings: {} }], radio: doc.radio, sound: doc.sound })
    expect([wall.radio.tile?.title, heard()]).toEqual(['Radio', []])
    wall.radio.close()
    await settle()
    expect([wall.radio.tile, heard()], 'the sound returns to the pictures').toEqual([undefined, ['a']])
  })

  it('moves the sound to itself when it is unmuted', async () => {
    wall.open(feed('a'))
    wall.radio.open(feed('r'))
    wall.radio.tile?.player.setMuted(false)
    await settle()
    expect([wall.sound.id, heard()]).toEqual(['r', []])
  })
})

it('a track in a preferred language plays, unless the user chose another', async () => {
  expect([languagesOf(' de, EN ,'), languagesOf('')]).toEqual([['de', 'en'], []])
  const tracks = ['fr', 'en-GB', 'deu'].map((language, index) => ({ index, label: language, language }))
  expect(preferredTrack(tracks, ['de', 'en'])).toBe(2)
  expect(preferredTrack(tracks, ['es', 'en'])).toBe(1)
  expect(preferredTrack(tracks, ['es'])).toBe(-1)
  expect(preferredTrack(tracks, [])).toBe(-1)
})
