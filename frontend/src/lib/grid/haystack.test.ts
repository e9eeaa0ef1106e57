import { expect, it } from 'vitest'
import { Haystack } from './haystack'

const found = (texts: string[], ...words: string[]) => {
  const marks = new Haystack(texts).find(words)
  return texts.filter((_, i) => marks[i] === 1)
}

it('finds the texts that contain every word, in any order and more than once', () => {
  const texts = ['onboard 4 club', 'onboard 44 club', 'world feed', '', 'club onboard onboard']
  expect(found(texts, 'onboard')).toEqual(['onboard 4 club', 'onboard 44 club', 'club onboard onboard'])
  expect(found(texts, 'club', '44')).toEqual(['onboard 44 club'])
  expect(found(texts, 'd')).toEqual([
    'onboard 4 club',
    'onboard 44 club',
    'world feed',
    'club onboard onboard',
  ])
  expect(found(texts, 'world', 'club')).toEqual([])
  expect(found(texts)).toEqual(texts)
})

it('finds nothing across the boundary of two texts, or without texts', () => {
  expect(found(['ab', 'cd'], 'bc')).toEqual([])
  expect(found(['ab', 'cd'], 'cd')).toEqual(['cd'])
  expect(found(['one\ntwo', 'three'], 'two', 'one')).toEqual(['one\ntwo'])
  expect(found([], 'a')).toEqual([])
})

it('gives the same result as searching texts one by one', () => {
  // A small linear congruential generator: the same texts in every run.
  let seed = 7
  const next = (n: number) => (seed = (seed * 48271) % 2147483647) % n
  const text = (most: number) => Array.from({ length: next(most) }, () => 'abć ñ'[next(5)]).join('')
  for (let round = 0; round < 200; round++) {
    const texts = Array.from({ length: next(12) }, () => text(9))
    const words = Array.from({ length: next(4) }, () => text(3).replace(/\s/g, '')).filter(Boolean)
    expect(found(texts, ...words)).toEqual(texts.filter((t) => words.every((w) => t.includes(w))))
  }
})
