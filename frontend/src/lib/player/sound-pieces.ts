import type { SoundPiece } from './engine'

/** How much is kept, in bytes: half a minute to a minute of sound that comes without a picture, which is more than is buffered. */
const KEEP = 600_000

/** Hears what a feed loads. */
export interface SoundHearer {
  hear: (piece: SoundPiece) => void
  /** The media time starts again: what was heard belongs to another one. */
  restart: () => void
}

/** The sound that a feed has loaded lately, for those who listen to it. */
export class SoundPieces {
  #kept: SoundPiece[] = []
  #bytes = 0
  #listeners = new Set<SoundHearer>()

  add(piece: SoundPiece): void {
    this.#kept.push(piece)
    this.#bytes += piece.data.length
    while (this.#bytes > KEEP) this.#bytes -= this.#kept.shift()?.data.length ?? this.#bytes
    for (const { hear } of this.#listeners) hear(piece)
  }

  /** Lets it hear what is kept, and what comes from now on. Returns a function that ends it. */
  listen(listener: SoundHearer): () => void {
    this.#kept.forEach((piece) => listener.hear(piece))
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Call it when the media time starts again. */
  reset(): void {
    this.#kept = []
    this.#bytes = 0
    for (const { restart } of this.#listeners) restart()
  }
}
