import { beforeEach, describe, expect, it } from 'vitest'
import { feed, heard, settle, startEach, wall } from '../../../test/wall'

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
