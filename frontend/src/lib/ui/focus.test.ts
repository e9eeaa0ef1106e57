import { beforeEach, expect, it } from 'vitest'
import { returnFocus } from './focus'

beforeEach(() => (document.body.innerHTML = '<main tabindex="-1"><button>One</button></main>'))

it('goes back to the element that had it', () => {
  const button = document.querySelector('button')
  returnFocus(button)
  expect(document.activeElement).toBe(button)
})

it('goes to the content if nothing had it, or what had it is gone', () => {
  const main = document.querySelector('main')
  returnFocus(document.body)
  expect(document.activeElement).toBe(main)
  main?.blur()
  const gone = document.querySelector('button')
  gone?.remove()
  returnFocus(gone)
  expect(document.activeElement).toBe(main)
  main?.blur()
  returnFocus(null)
  expect(document.activeElement).toBe(main)
})
