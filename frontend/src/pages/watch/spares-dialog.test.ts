import { flushSync, mount, unmount, type Component } from 'svelte'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Client, Spare, SpareChoice, SpareList } from '$lib/api'
import type { Tile } from '$lib/player/tile.svelte'
import type { Shell } from '$lib/shell/shell'
import { App } from '$lib/state/app.svelte'
import { feed } from '../../test/wall'
import Within from '../../test/Within.svelte'
import SparesDialog from './SparesDialog.svelte'

const streams = [
  feed('a', { title: 'World feed' }),
  feed('b', { title: 'World feed', site_name: 'Paddock', quality: '' }),
  feed('c', { title: 'World feed 2', site_name: 'Paddock' }),
  feed('d', { title: 'World feed 3', site_name: 'Paddock' }),
]
const spare = (id: string): Spare => {
  const { title, quality, site_key, site_name } = streams.find((s) => s.id === id) ?? feed(id)
  return { stream_id: id, title, quality, site_key, site_name, state: 'unknown', message: '' }
}
let list: SpareList
let page: Record<string, unknown>

const settle = async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((done) => setTimeout(done))
    flushSync()
  }
}
const answer = () => ({ ...list, spares: [...list.spares] })
beforeEach(async () => {
  list = { spares: [], by_hand: false, back_after: 0 } as unknown as SpareList
  const client = {
    streamChanges: async () => ({ streams, gone: [], since: '1', whole: true, more: false, count: 4 }),
    spares: async () => answer(),
    putSpares: async (_: string, { stream_ids }: SpareChoice) => {
      list = { ...list, by_hand: true, spares: (stream_ids ?? []).map(spare) }
      return answer()
    },
    settings: async () => ({ settings: {}, fixed: [], restart: [] }),
  } as unknown as Client
  const app = new App(client, {} as unknown as Shell)
  await app.streams.load()
  const props = { tile: { id: 'a', title: 'World feed' } as Tile, onclose: () => undefined }
  const of = SparesDialog as unknown as Component<Record<string, unknown>>
  page = mount(Within, { target: document.body, props: { app, of, props } })
  await settle()
})
afterEach(async () => {
  await unmount(page)
  document.body.innerHTML = ''
})

const search = () => document.querySelector<HTMLInputElement>('input[type=search]')
const chosen = () => [...document.querySelectorAll('ol .name')].map((n) => n.textContent)
async function type(text: string) {
  const input = search()
  if (!input) throw new Error('no search')
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await settle()
}
async function enter() {
  search()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  await settle()
}
async function click(label: string) {
  const button = [...document.querySelectorAll('button')].find((b) => b.getAttribute('aria-label') === label)
  if (!button) throw new Error(`no button ${label}`)
  button.focus()
  button.click()
  await settle()
}
const focused = () => document.activeElement?.getAttribute('aria-label')

it('the focus starts in the search, Enter adds the first match, and the search keeps the focus', async () => {
  expect(focused()).toBe('Add a spare')
  await type('world')
  const first = document.querySelector('.add .name')?.textContent
  await enter()
  expect(chosen()).toEqual([first])
  expect(focused()).toBe('Add a spare')
  // Without a match it does nothing.
  await type('nothing of that name')
  await enter()
  expect(chosen()).toEqual([first])
})

it('adding, moving and removing a spare with its button does not lose the focus', async () => {
  for (let i = 0; i < 3; i++) {
    await type('world')
    const add = document.querySelector<HTMLElement>('.add')
    add?.focus()
    add?.click()
    await settle()
    expect(focused()).toBe('Add a spare')
  }
  const [first = '', second = ''] = chosen()
  await click(`Try ${second} of Paddock earlier`)
  expect(chosen().slice(0, 2)).toEqual([second, first])
  expect(focused()).toBe(`Remove ${second} of Paddock`)
  await click(`Remove ${second} of Paddock`)
  expect(focused()).toBe(`Remove ${first} of Paddock`)
})

it('says nothing where a feed has no quality', async () => {
  await type('world')
  const facts = [...document.querySelectorAll('.add .fact')].map((f) => f.textContent)
  expect(facts).toContain('Paddock')
  expect(facts).toContain('Paddock · 720p')
})
