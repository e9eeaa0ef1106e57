import { describe, expect, it } from 'vitest'
import type { Stream, StreamChanges } from '../api'
import { Listing } from './listing'

const feed = (id: string, title = id) => ({ id, title }) as Stream
const answer = (rest: Partial<StreamChanges>): StreamChanges => ({
  streams: [],
  gone: [],
  since: '1-1',
  whole: false,
  more: false,
  count: 0,
  ...rest,
})

/** A listing with these answers in turn; an Error is thrown. */
function scripted(...answers: (StreamChanges | Error)[]) {
  const asked: string[] = []
  const prepared: string[] = []
  const listing = new Listing(
    {
      streamChanges: (since) => {
        asked.push(since)
        const next = answers.shift()
        return next instanceof Error || !next
          ? Promise.reject(next ?? new Error('too many requests'))
          : Promise.resolve(next)
      },
    },
    (came) => prepared.push(...came.map((s) => s.id)),
  )
  return { listing, asked, prepared }
}

describe('the listing of all feeds', () => {
  it('is read in pages, and then by its changes; other feeds stay the same objects', async () => {
    const { listing, asked, prepared } = scripted(
      answer({ streams: [feed('a'), feed('b')], since: '1-2', whole: true, more: true }),
      answer({ streams: [feed('c')], since: '1-3' }),
      answer({ streams: [feed('b', 'new')], gone: ['c', 'never there'], since: '1-6' }),
    )
    const first = await listing.read()
    expect(first.streams.map((s) => s.title)).toEqual(['a', 'b', 'c'])
    expect(first.count).toBe(3)
    const next = await listing.read()
    expect(next.streams.map((s) => s.title)).toEqual(['a', 'new'])
    expect(next.streams[0]).toBe(first.streams[0])
    expect(asked).toEqual(['', '1-2', '1-3'])
    expect(prepared).toEqual(['a', 'b', 'c', 'b'])
  })

  it('starts again if the server does, and shows the old listing until the new one is complete', async () => {
    const { listing, asked } = scripted(
      answer({ streams: [feed('a'), feed('b')], whole: true, since: '1-2' }),
      answer({ streams: [feed('b', 'two')], whole: true, more: true, since: '2-1' }),
      new Error('gone'),
      answer({ streams: [feed('c')], since: '2-2' }),
    )
    await listing.read()
    await expect(listing.read()).rejects.toThrow('gone')
    const after = await listing.read()
    expect(after.streams.map((s) => s.title)).toEqual(['two', 'c'])
    expect(asked).toEqual(['', '1-2', '2-1', '2-1'])
  })
})
