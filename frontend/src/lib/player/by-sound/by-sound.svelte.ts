import { everySecond } from '../ticker'
import type { Player } from '../player.svelte'
import type { Tile } from '../tile.svelte'
import { LiveEdges } from './live-edges'
import { decoder } from './decoder'
import { Envelope } from './envelope'
import { SoundListener } from './listener'
import type { Answer, Question } from './worker'

/** How much is compared, in s. */
const PART = 42
/** How often a feed is compared again after it was found, and until then, in ms. */
const AGAIN = 60_000
const RETRY = 10_000
/** A result that could not be confirmed for so long no longer counts, in ms. */
const FORGET = 5 * 60_000

interface Heard {
  run: number
  envelope: Envelope
  end: () => void
}

/**
 * Finds the place of feeds without date times among the others by their sound. It listens only while the wall has such a feed
 * and one with date times to compare it with.
 */
export class BySound {
  #getTiles: () => readonly Tile[]
  #on: () => boolean
  #heard = new Map<Player, Heard>()
  /** When a feed is compared next, and when it was found last. */
  #due = new Map<Player, number>()
  #found = new Map<Player, number>()
  #edges = new LiveEdges()
  #decode = decoder()
  #worker: Worker | undefined
  #questions = new Map<number, (answer: Answer) => void>()
  #asked = 0

  constructor(getTiles: () => readonly Tile[], on: () => boolean) {
    this.#getTiles = getTiles
    this.#on = on
  }

  /** Listens and compares until the returned function is called. */
  follow(): () => void {
    const off = everySecond((now) => this.#second(now))
    return () => {
      off()
      for (const { end } of this.#heard.values()) end()
      this.#heard.clear()
      this.#worker?.terminate()
    }
  }

  #second(now: number): void {
    // A recording is of another day.
    const tiles = this.#getTiles().filter((t) => t.player.status === 'playing' && t.player.isLive)
    const reference = this.#on() ? tiles.find((t) => t.player.stats.date !== null) : undefined
    const undated = tiles.filter((t) => t.player.stats.date === null)
    const needed = reference && undated.length > 0 ? [reference, ...undated] : []
    this.#listen(needed.map((t) => t.player))
    this.#edges.second(this.#getTiles(), now)
    for (const tile of undated) {
      const { player } = tile
      if (now - (this.#found.get(player) ?? now) > FORGET) this.#forget(player)
      if (!reference || now < (this.#due.get(player) ?? 0)) continue
      this.#due.set(player, now + RETRY)
      void this.#compare(reference, tile)
    }
  }

  #listen(players: readonly Player[]): void {
    for (const [player, heard] of this.#heard) {
      if (players.includes(player) && player.run === heard.run) continue
      heard.end()
      this.#heard.delete(player)
    }
    for (const player of players) {
      if (this.#heard.has(player)) continue
      const envelope = new Envelope()
      const listener = new SoundListener(envelope, this.#decode)
      // A run of its own has an envelope of its own.
      const off = player.listen({ hear: (piece) => listener.hear(piece), restart: () => listener.end() })
      const end = () => {
        off()
        listener.end()
      }
      this.#heard.set(player, { run: player.run, envelope, end })
    }
  }

  async #compare(reference: Tile, tile: Tile): Promise<void> {
    const { player } = tile
    const first = this.#heard.get(reference.player)?.envelope.part(PART)
    const second = this.#heard.get(player)?.envelope.part(PART)
    const dated = reference.player.reading
    if (!first || !second || !dated || dated.date === null) return
    const difference = dated.date - reference.offset - dated.media * 1000
    const { match } = await this.#ask(first.values, second.values)
    if (!match) return
    // The second sound at its media time is the first at this one.
    const base = difference + (first.from + match.shift - second.from) * 1000
    player.placeBySound(base, match.confidence)
    this.#found.set(player, Date.now())
    this.#due.set(player, Date.now() + AGAIN)
  }

  #forget(player: Player): void {
    player.placeBySound(null, 0)
    this.#found.delete(player)
  }

  #ask(first: Float32Array, second: Float32Array): Promise<Answer> {
    this.#worker ??= this.#start()
    const id = ++this.#asked
    return new Promise((resolve) => {
      this.#questions.set(id, resolve)
      const question: Question = { id, first, second }
      this.#worker?.postMessage(question)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.#questions.get(data.id)?.(data)
      this.#questions.delete(data.id)
    }
    return worker
  }
}
