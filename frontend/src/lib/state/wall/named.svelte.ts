import { messageOf, type Client, type WallList } from '../../api'
import { readNamed, type NamedWall } from '../../grid/document'
import type { Notices } from '../notices.svelte'
import type { Remote } from '../remote.svelte'

/** The revision of a wall that does not exist. */
const ABSENT = '0'

/** The walls saved under a name. They are stored on the server: every screen has the same, and none overwrites another's. */
export class NamedWalls {
  #client: Client
  #remote: Remote<WallList>
  #notices: Notices

  constructor(client: Client, remote: Remote<WallList>, notices: Notices) {
    this.#client = client
    this.#remote = remote
    this.#notices = notices
  }

  get list(): readonly NamedWall[] {
    return (this.#remote.value?.walls ?? []).map(readNamed)
  }
  /** Why the list could not be loaded; "" if it was. */
  get error(): string {
    return this.#remote.value === undefined ? this.#remote.error : ''
  }
  find(name: string): NamedWall | undefined {
    return this.list.find((n) => n.name === name)
  }

  /** Saves a wall, replacing one of the same name unless another screen has changed it. Returns whether it succeeded. */
  async save({ name, layout, ratio, tracks, tiles }: Omit<NamedWall, 'revision'>): Promise<boolean> {
    const revision = this.find(name)?.revision ?? ABSENT
    return this.#change(`Could not save the wall “${name}”`, () =>
      this.#client.putWall(name, revision, { layout, ratio, tracks, tiles }),
    )
  }

  async delete(name: string): Promise<void> {
    const wall = this.find(name)
    if (!wall) return
    const gone = await this.#change(`Could not delete the wall “${name}”`, () =>
      this.#client.deleteWall(name, wall.revision),
    )
    if (!gone) return
    this.#notices.show('done', `Deleted the wall “${name}”.`, {
      label: 'Undo',
      run: () => void this.save(wall),
    })
  }

  async #change(failed: string, what: () => Promise<unknown>): Promise<boolean> {
    let done = true
    try {
      await what()
    } catch (thrown) {
      done = false
      this.#notices.show('error', `${failed}: ${messageOf(thrown)}`)
    }
    await this.#remote.load()
    return done
  }
}
