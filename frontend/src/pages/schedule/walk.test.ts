import { beforeEach, describe, expect, it, vi } from 'vitest'
import { walk } from './walk'

const page = document.createElement('div')
const press = (key: string, init: KeyboardEventInit = {}) => {
  const e = new KeyboardEvent('keydown', { key, cancelable: true, ...init })
  walk(page, e)
  return e.defaultPrevented
}
const focused = () => document.activeElement?.id

describe('the keys of the list', () => {
  const opened = vi.fn()
  beforeEach(() => {
    opened.mockReset()
    page.innerHTML = `
      <a id="top" href="#/watch" data-live>Watch live</a>
      <button id="fold">Show</button>
      <article id="a" tabindex="-1"></article>
      <article id="b" tabindex="-1" aria-current="true"><a id="live" href="#/watch" data-live>Watch live</a></article>
      <article id="c" tabindex="-1"></article>`
    document.body.replaceChildren(page)
    page.querySelectorAll('a').forEach((a) =>
      a.addEventListener('click', (e) => {
        e.preventDefault()
        opened(a.id)
      }),
    )
  })

  it('go to the live event, and from there up and down to the ends', () => {
    press('ArrowDown')
    expect(focused()).toBe('b')
    press('ArrowDown')
    expect(focused()).toBe('c')
    expect(press('ArrowDown')).toBe(false)
    press('ArrowUp')
    press('ArrowUp')
    expect(focused()).toBe('a')
  })

  it('open the live session of the focused event, or any live one', () => {
    press('Enter')
    expect(opened).toHaveBeenLastCalledWith('top')
    press('ArrowDown')
    press('Enter')
    expect(opened).toHaveBeenLastCalledWith('live')
    press('ArrowDown')
    expect(press('Enter')).toBe(false)
    expect(opened).toHaveBeenCalledTimes(2)
  })

  it('work after a click on the page, which leaves the focus on an element around it', () => {
    const main = document.createElement('main')
    main.tabIndex = -1
    document.body.replaceChildren(main)
    main.append(page)
    main.focus()
    press('Enter')
    expect(opened).toHaveBeenLastCalledWith('top')
    press('ArrowDown')
    expect(focused()).toBe('b')
  })

  it('do not take keys that belong to other elements', () => {
    page.querySelector<HTMLElement>('#fold')?.focus()
    expect([press('Enter'), press('ArrowDown'), focused()]).toEqual([false, false, 'fold'])
    page.querySelector<HTMLElement>('#top')?.focus()
    expect(press('Enter')).toBe(false)
    press('ArrowDown')
    expect(focused()).toBe('a')
    expect(press('ArrowDown', { altKey: true })).toBe(false)
    document.body.insertAdjacentHTML('beforeend', '<dialog open></dialog>')
    expect([press('ArrowDown'), focused(), opened.mock.calls]).toEqual([false, 'a', []])
  })
})
