import { ApiError, messageOf, type Client, type WallList } from '../../api'
import {
  fileName,
  findFeeds,
  MOST_BYTES,
  readFile,
  readNamed,
  writeContents,
  writeFile,
  type NamedWall,
  type WallContents,
} from '../../grid/named'
import { cut, singleLine } from '../../grid/text'
import type { Stream } from '../../api'
import type { Notices } from '../notices.svelte'
import type { Remote } from '../remote.svelte'

/** The revision of a wall that does not exist. */
export const ABSENT = '0'
/** Saves a file where the user wants it. */
type SaveFile = (name: string, text: string) => Promise<string>

/** The walls saved under a name. They are stored on the server: every screen has the same, and none overwrites another's. */
export class NamedWalls {
  #client: Client
  #remote: Remote<WallList>
  #notices: Notices
  #streams: () => readonly Stream[] | undefined

  constructor(
    client: Client,
    remote: Remote<WallList>,
    notices: Notices,
    streams: () => readonly Stream[] | undefined = () => undefined,
  ) {
    this.#client = client
    this.#remote = remote
    this.#notices = notices
    this.#streams = streams
  }

  get list(): readonly NamedWall[] {
    return (this.#remote.value?.walls ?? []).map(readNamed)
  }
  /** Why the list could not be loaded; "" if it was. */
  get error(): string {
    return this.#remote.value === undefined ? this.#remote.error : ''
  }
  find(name: string): NamedWall | undefined {
    const found = this.#remote.value?.walls.find((n) => n.name === name)
    return found && readNamed(found)
  }

  /**
   * Saves a wall in place of this revision of it. Returns the new revision; "stale" if another screen has changed it since,
   * and "failed" if it could not be saved, which is shown.
   */
  async save(
    name: string,
    wall: Omit<WallContents, 'newer'>,
    revision: string,
  ): Promise<{ revision: string } | 'stale' | 'failed'> {
    try {
      const { revision: now } = await this.#client.putWall(name, revision, writeContents(wall))
      await this.#remote.load()
      return { revision: now }
    } catch (thrown) {
      await this.#remote.load()
      if (isStale(thrown)) return 'stale'
      this.#notices.show('error', `Could not save the wall “${name}”: ${messageOf(thrown)}`)
      return 'failed'
    }
  }

  /**
   * Gives a wall another name. Returns its new revision, or in one line why it still has the old name: the new one is in use, or
   * another screen has changed the wall meanwhile.
   */
  async rename(name: string, to: string): Promise<{ revision: string } | string> {
    const inUse = `There is a wall “${to}” already. Choose another name.`
    const wall = this.#remote.value?.walls.find((w) => w.name === name)
    if (!wall) return `The wall “${name}” no longer exists.`
    if (this.find(to)) return inUse
    try {
      // As it is stored, with the parts that a newer Gridwall has added.
      const { revision } = await this.#client.putWall(to, ABSENT, wall.wall)
      try {
        await this.#client.deleteWall(name, wall.revision)
      } catch (thrown) {
        await this.#client.deleteWall(to, revision)
        if (isStale(thrown)) return `“${name}” was changed on another screen meanwhile. Try again.`
        throw thrown
      }
      return { revision }
    } catch (thrown) {
      return isStale(thrown) ? inUse : `Could not rename the wall “${name}”: ${messageOf(thrown)}`
    } finally {
      await this.#remote.load()
    }
  }

  async delete(name: string): Promise<void> {
    const wall = this.find(name)
    if (!wall) return
    try {
      await this.#client.deleteWall(name, wall.revision)
      this.#notices.show('done', `Deleted the wall “${name}”.`, {
        label: 'Undo',
        run: () => void this.save(name, wall, ABSENT),
      })
    } catch (thrown) {
      this.#notices.show('error', `Could not delete the wall “${name}”: ${messageOf(thrown)}`)
    }
    await this.#remote.load()
  }

  /** Saves a wall as a file. */
  async export(name: string, saveFile: SaveFile): Promise<void> {
    const wall = this.find(name)
    if (!wall) return
    try {
      const path = await saveFile(fileName(name), writeFile(name, wall))
      if (path !== '') this.#notices.show('done', `Saved the wall “${name}” as ${path}.`)
    } catch (thrown) {
      this.#notices.show('error', messageOf(thrown))
    }
  }

  /**
   * Saves the wall of a file under its name, or under the next that is free; the wall of this page does not change. `open`
   * opens it. Returns false, without a notice, if the file is no wall.
   */
  async import(file: File, open: (name: string) => void): Promise<boolean> {
    const read = file.size > MOST_BYTES ? undefined : readFile(await file.text())
    if (!read) return false
    const { wall } = read
    const name = this.#free(read.name)
    const saved = await this.save(name, wall, ABSENT)
    if (typeof saved === 'string') {
      if (saved === 'stale') return this.import(file, open)
      return true
    }
    const streams = this.#streams()
    const missing = streams
      ? wall.tiles.filter((_, i) => !findFeeds(wall.tiles, streams)[i]).map((t) => t.title)
      : []
    const lines = [
      `Imported the wall “${name}”.`,
      wall.newer ? 'A newer Gridwall saved it: parts that this version does not know were left out.' : '',
      missing.length > 0 ? `It will wait for ${list(missing)}, which no source lists now.` : '',
    ]
    this.#notices.show(
      wall.newer || missing.length > 0 ? 'warning' : 'done',
      lines.filter((l) => l !== '').join(' '),
      {
        label: 'Open',
        run: () => open(name),
      },
    )
    return true
  }
  /** As import, and says so if the file is no wall. */
  async importOrSay(file: File, open: (name: string) => void): Promise<void> {
    if (!(await this.import(file, open)))
      this.#notices.show('error', `${file.name} is not a wall that Gridwall saved.`)
  }

  #free(name: string): string {
    const names = new Set(this.list.map((n) => n.name))
    for (let i = 2, free = name; ; i++) {
      if (!names.has(free)) return free
      free = singleLine(`${cut(name, 55)} ${i}`)
    }
  }
}

const isStale = (thrown: unknown): boolean => thrown instanceof ApiError && thrown.code === 'stale'

const list = (names: readonly string[]): string =>
  names.length > 3
    ? `${names.length} feeds`
    : names.length > 1
      ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
      : (names[0] ?? '')
