import { mount, unmount } from 'svelte'
import { expect, it } from 'vitest'
import LayoutIcon from './LayoutIcon.svelte'

async function corners(layout: '2' | '1+2', size: { w: number; h: number }) {
  const icon = mount(LayoutIcon, { target: document.body, props: { layout, size } })
  const found = [...document.querySelectorAll('svg rect')].map((r) =>
    ['x', 'y'].map((k) => Math.round(Number(r.getAttribute(k)))),
  )
  await unmount(icon)
  return found
}

it('a layout’s icon shows its places as they are in a wide, and in a tall window', async () => {
  const [wide, tall] = [
    { w: 1600, h: 500 },
    { w: 500, h: 1000 },
  ]
  expect(await corners('2', wide)).toEqual([
    [1, 1],
    [9, 1],
  ])
  expect(await corners('2', tall)).toEqual([
    [1, 1],
    [1, 7],
  ])
  const [large, first, second] = await corners('1+2', wide)
  expect([first?.[0] === second?.[0], (first?.[0] ?? 0) > (large?.[0] ?? 0)]).toEqual([true, true])
  // Before the size of the wall is known.
  expect(await corners('2', { w: 0, h: 0 })).toHaveLength(2)
})
