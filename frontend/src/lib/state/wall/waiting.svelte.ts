import type { WaitingTile } from '../../grid/named'

/** The positions that wait for feeds that no source lists now. */
export class Waiting {
  #list = $state.raw<readonly WaitingTile[]>([])

  /** In the order of their positions. */
  get list(): readonly WaitingTile[] {
    return this.#list
  }
  set(list: readonly WaitingTile[]): void {
    this.#list = [...list].sort((a, b) => a.place - b.place)
  }
  remove(waiting: WaitingTile): void {
    this.#list = this.#list.filter((w) => w !== waiting)
  }
  /** Gives up positions, the last first, until at most this number is left. */
  limit(most: number): void {
    if (this.#list.length > most) this.#list = this.#list.slice(0, Math.max(0, most))
  }
}
