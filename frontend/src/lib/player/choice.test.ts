import { expect, it } from 'vitest'
import { capFor, capUnder, higherHeight, indexOfLabel, lowerHeight, named } from './choice'
import { afterGap, ahead, Rate } from './measure'
import { stateOf } from './state'

const levels = [360, 720, 1080].map((height, index) => ({
  index,
  height,
  label: `${height}p`,
  bitrate: height * 3000,
}))

const room = (height: number) => ({ width: (height * 16) / 9, height })

it.each([
  [null, -1],
  [200, 0],
  [440, 0],
  [500, 1],
  [890, 1],
  [1000, -1],
  [2000, -1],
])('a picture of %s px loads level %i at most', (height, cap) =>
  expect(capFor(levels, height === null ? null : room(height))).toBe(cap),
)

it.each([
  ['a tile that its width limits', 16 / 9, { width: 320, height: 900 }, 360],
  ['a wide picture in a 16:9 tile, which is shown 536 px high', 2.39, { width: 1280, height: 720 }, 540],
  ['a picture of unknown shape', 0, { width: 1280, height: 720 }, 720],
  ['a portrait picture, as high as its tile', 9 / 16, { width: 1600, height: 720 }, 720],
] as const)('%s loads what it shows', (_, shape, size, want) => {
  const shaped = [360, 540, 720, 1080].map((height, index) => ({
    index,
    height,
    width: height * shape,
    label: '',
    bitrate: height,
  }))
  expect(shaped[capFor(shaped, size)]?.height).toBe(want)
})

it('lowers a cap to a ceiling, and finds the levels above and below', () => {
  expect([capUnder(levels, -1, null), capUnder(levels, -1, 720), capUnder(levels, 0, 720)]).toEqual([
    -1, 1, 0,
  ])
  expect(capUnder(levels, -1, 100), 'there is none so low').toBe(-1)
  expect([lowerHeight(levels, 1080), lowerHeight(levels, 360)]).toEqual([720, null])
  expect([higherHeight(levels, 360), higherHeight(levels, 1080)]).toEqual([720, null])
})

it('chooses the better of two variants of the same height', () => {
  const twice = [...levels, { index: 3, height: 360, label: 'b', bitrate: 9e6 }]
  expect(capFor(twice, room(200))).toBe(3)
})

it('finds a chosen track by its label, wherever it is in the list', () => {
  expect([indexOfLabel(levels, '720p'), indexOfLabel(levels, ''), indexOfLabel(levels, '4k')]).toEqual([
    1, -1, -1,
  ])
})

const ranges = (...list: [number, number][]): TimeRanges => ({
  length: list.length,
  start: (i) => list[i]?.[0] ?? 0,
  end: (i) => list[i]?.[1] ?? 0,
})
it('counts only contiguous media as buffered', () => {
  expect(ahead(ranges([0, 4], [4.1, 8], [9, 12]), 3)).toBe(5)
  expect(afterGap(ranges([0, 4], [9, 12]), 4)).toBe(9)
})

it('adds the rates of picture and sound', () => {
  const rate = new Rate()
  rate.add({ kind: 'fragment', type: 'main', bytes: 250_000, seconds: 2 })
  rate.add({ kind: 'fragment', type: 'audio', bytes: 25_000, seconds: 2 })
  expect(rate.bitrate).toBe(1_100_000)
})

it.each([
  ['stopped', null, 'late', 'red', 'stopped'],
  ['paused', null, 'fresh', 'grey', 'paused'],
  ['playing', null, 'fresh', 'green', 'playing'],
  ['playing', null, 'late', 'yellow', 'renewing'],
  ['playing', 900, 'fresh', 'green', 'playing'],
  ['playing', -1200, 'fresh', 'blue', 'out of sync'],
] as const)('%s, drift %s, token %s: a %s flag, %s', (status, drift, tone, colour, word) => {
  expect(stateOf(status, null, drift, { tone, text: '' })).toEqual({ colour, word })
})

it.each([
  [
    ['English', 'English', ''],
    ['English', 'English 2', 'Track 3'],
  ],
  [
    ['A', 'A 2', 'A', 'A'],
    ['A', 'A 2', 'A 3', 'A 4'],
  ],
  [
    ['A', 'A', 'A 2'],
    ['A', 'A 3', 'A 2'],
  ],
])('tracks named %j get different labels', (list, labels) => {
  const names = list.map((name) => ({ name, language: '' }))
  expect(named(names).map((t) => t.label)).toEqual(labels)
  expect(labels.map((l) => indexOfLabel(named(names), l))).toEqual([0, 1, 2, 3].slice(0, labels.length))
})
