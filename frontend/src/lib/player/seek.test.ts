import { expect, it } from 'vitest'
import { placeWords, seekable } from './seek'
import { NO_STATS } from './types'

it('shows how far behind live it plays, or the position in a recording', () => {
  const live = { ...NO_STATS, start: 0, end: 600, at: 590, behind: 10 }
  expect(placeWords(live, 590)).toBe('0:10 behind live')
  expect(placeWords(live, 450)).toBe('2:30 behind live')
  expect(placeWords({ ...live, start: 550, at: 500, behind: 1200 }, 500), 'it was paused, and has left').toBe(
    'live is 20:00 ahead',
  )
  expect(placeWords({ ...live, behind: null, start: 100 }, 165)).toBe('1:05 of 8:20')
  expect([seekable(live), seekable(NO_STATS), seekable({ ...live, start: 590 })]).toEqual([
    true,
    false,
    false,
  ])
})
