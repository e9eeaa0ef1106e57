import { expect, it } from 'vitest'
import { positionText, seekable } from './seek'
import { NO_STATS } from './types'

it('shows how far behind live it plays, or the position in a recording', () => {
  const live = { ...NO_STATS, start: 0, end: 600, at: 590, behind: 10 }
  expect(positionText(live, 590)).toBe('0:10 behind live')
  expect(positionText(live, 450)).toBe('2:30 behind live')
  expect(
    positionText({ ...live, start: 550, at: 500, behind: 1200 }, 500),
    'after a pause, its position has left the playlist',
  ).toBe('20:00 behind live')
  expect(positionText({ ...live, behind: null, start: 100 }, 165)).toBe('1:05 of 8:20')
  expect([seekable(live), seekable(NO_STATS), seekable({ ...live, start: 590 })]).toEqual([
    true,
    false,
    false,
  ])
})
