import { expect, it } from 'vitest'
import { spareName } from './spare-name'

const feed = (site_name: string, title: string, quality = '720p') => ({ site_name, title, quality })
const names = (...feeds: ReturnType<typeof feed>[]) => feeds.map((f) => spareName(f, feeds))

it('a spare is named by its source', () => {
  expect(names(feed('Club', 'World feed'), feed('Paddock', 'World feed'))).toEqual(['Club', 'Paddock'])
  expect(names(feed('', 'World feed'))).toEqual(['World feed'])
})

it('spares of one source are told apart by their titles, and those of one title by their quality', () => {
  const club = feed('Club', 'World feed')
  expect(names(feed('Paddock', 'World feed'), club, feed('Club', 'Main'))).toEqual([
    'Paddock',
    'Club · World feed',
    'Club · Main',
  ])
  expect(names(club, feed('Club', 'World feed', '1080p'))).toEqual([
    'Club · World feed · 720p',
    'Club · World feed · 1080p',
  ])
})
