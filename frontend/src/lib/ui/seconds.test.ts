import { expect, it } from 'vitest'
import { readSeconds } from './seconds'

it.each([
  ['12.5', 12.5],
  ['12,5', 12.5],
  [' 20 ', 20],
  ['20 s', 20],
  ['+3', 3],
  ['.5', 0.5],
  ['7,', 7],
  ['-0', 0],
])('reads %j as %d seconds', (text, seconds) => {
  expect(readSeconds(text, 0, 3600)).toEqual({ seconds })
})

it.each([
  ['abc', '“abc” is not a number of seconds. Enter one such as 12.5.'],
  ['1e3', '“1e3” is not a number of seconds. Enter one such as 12.5.'],
  ['1,234.5', '“1,234.5” is not a number of seconds. Enter one such as 12.5.'],
  ['-', '“-” is not a number of seconds. Enter one such as 12.5.'],
  ['', 'Enter a number of seconds, such as 12.5.'],
  ['-5', 'Enter 0 to 3600 s.'],
  ['3600,1', 'Enter 0 to 3600 s.'],
])('says what is wrong with %j', (text, why) => {
  expect(readSeconds(text, 0, 3600)).toEqual({ why })
})

it('has a minus that was typed or copied, and names the range', () => {
  expect(readSeconds('-1,5', -60, 60)).toEqual({ seconds: -1.5 })
  expect(readSeconds('−1.5', -60, 60)).toEqual({ seconds: -1.5 })
  expect(readSeconds('90', -60, 60)).toEqual({ why: 'Enter −60 to 60 s.' })
})

it('is nothing if the field may be empty', () => {
  expect(readSeconds(' ', 0, 3600, true)).toEqual({ seconds: null })
})
