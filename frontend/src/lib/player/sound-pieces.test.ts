import { expect, it, vi } from 'vitest'
import { SoundPieces } from './sound-pieces'

const piece = (kb: number) => ({ init: new Uint8Array(1), data: new Uint8Array(kb * 1000), offset: 0 })
const hearer = () => ({ hear: vi.fn(), restart: vi.fn() })

it('who begins to listen hears what was loaded lately, and no more than is kept', () => {
  const s = new SoundPieces()
  for (let i = 0; i < 100; i++) s.add(piece(100))
  const h = hearer()
  const off = s.listen(h)
  expect(h.hear).toHaveBeenCalledTimes(6)
  s.add(piece(1))
  expect(h.hear).toHaveBeenCalledTimes(7)
  off()
  s.add(piece(1))
  expect(h.hear).toHaveBeenCalledTimes(7)
})

it('a single piece that is too large is not kept', () => {
  const s = new SoundPieces()
  s.add(piece(20_000))
  const h = hearer()
  s.listen(h)
  expect(h.hear).not.toHaveBeenCalled()
})

it('nothing of an earlier media time is heard', () => {
  const s = new SoundPieces()
  const h = hearer()
  s.listen(h)
  s.add(piece(1))
  s.reset()
  expect(h.restart).toHaveBeenCalledOnce()
  const later = hearer()
  s.listen(later)
  expect(later.hear).not.toHaveBeenCalled()
})
