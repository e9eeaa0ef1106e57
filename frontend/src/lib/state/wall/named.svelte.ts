import type { NamedWall } from '../../grid/document'
import type { Notices } from '../notices.svelte'

/** The walls under a name. */
export class NamedWalls {
  #notices: Notices
  #list = $state.raw<readonly NamedWall[]>([])

  constructor(notices: Notices) {
    this.#notices = notices
  }

  get list(): readonly NamedWall[] {
    return this.#list
  }
  find(name: string): NamedWall | undefined {
    return this.#list.find((n) => n.name === name)
  }

  /** Keeps a wall; one of its name is replaced. */
  save(wall: NamedWall): void {
    this.#list = [...this.#list.filter((n) => n.name !== wall.name), wall]
  }
  delete(name: string): void {
    const before = this.#list
    this.#list = before.filter((n) => n.name !== name)
    this.#notices.show('done', `The wall “${name}” is deleted.`, {
      label: 'Undo',
      run: () => (this.#list = before),
    })
  }
  restore(list: readonly NamedWall[]): void {
    this.#list = [...list]
  }
}
