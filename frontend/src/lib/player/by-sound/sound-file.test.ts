import { describe, expect, it } from 'vitest'
import { boxes, find, soundTrack, view } from '../mp4'
import { fragment, init } from '../mp4.fixture'
import { soundOnly, soundTimes } from './sound-file'

/** The types of the boxes within a box at the top. */
const boxIn = (data: Uint8Array, parent: string) =>
  find(data, parent).flatMap((b) => boxes(data, b.start, b.end).map(({ type }) => type))

describe('the sound of ISO base media', () => {
  it('plays when its fragment says, with durations of its own or those of the track', () => {
    const track = { id: 2, timescale: 48_000, duration: 1024, size: 0 }
    expect(soundTimes(fragment(2, 96_000, [24_000, 24_000]), track)).toEqual({ start: 2, end: 3 })
    expect(soundTimes(fragment(2, 2 ** 40, [48_000]), track)?.start).toBe(2 ** 40 / 48_000)
    expect(soundTimes(fragment(2, 48_000, 375), track)).toEqual({ start: 1, end: 9 })
    expect(soundTimes(fragment(1, 48_000, 375), track), 'a fragment of the picture alone').toBeUndefined()
  })

  it('is not found in what is cut off, or is something else', () => {
    const track = { id: 2, timescale: 48_000, duration: 1024, size: 0 }
    const whole = fragment(2, 96_000, [24_000])
    for (let n = 0; n < whole.length - 16; n++) expect(soundTimes(whole.slice(0, n), track)).toBeUndefined()
    expect(soundTrack(init().slice(0, 60))).toBeUndefined()
    expect(soundTimes(new Uint8Array(64).fill(255), track)).toBeUndefined()
    const lying = fragment(2, 0, [1024])
    const trun = find(lying, 'moof/traf/trun')[0]?.start ?? 0
    view(lying).setUint32(trun + 4, 2 ** 31)
    expect(soundTimes(lying, track), 'more samples than it has').toBeUndefined()
  })

  it('is given to a decoder without the picture and the edit list', () => {
    const track = { id: 2, timescale: 48_000, duration: 1024, size: 0 }
    const [head, one] = [init(), fragment(2, 0, [1024])]
    const file = new Uint8Array(soundOnly(head, [one, one], track))
    expect(file).toHaveLength(head.length + 2 * one.length)
    expect(boxIn(file, 'moov')).toEqual(['free', 'trak', 'mvex'])
    expect(boxIn(head, 'moov'), 'what was loaded is left as it was').toEqual(['trak', 'trak', 'mvex'])
    expect(soundTimes(file.slice(head.length), track)).toEqual({ start: 0, end: 1024 / 48_000 })
    expect(new TextDecoder('latin1').decode(file)).not.toContain('edts')
  })
})
