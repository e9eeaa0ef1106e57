import { untrack } from 'svelte'
import { messageOf } from '../api'
import { readWall, writeWall, type WallDocument } from '../grid/document'
import type { Layouts } from '../grid/layouts'
import type { App } from './app.svelte'
import type { WallStorage } from './wall/storage'

/** How long after the last change the wall is saved, in ms. */
const SAVE_AFTER = 500

/**
 * Restores the wall once, and saves it after each change, in the page's own storage and on the server. The server has the
 * wall that was changed last on any screen; a page without a stored wall starts with it.
 */
export class WallAutosave {
  #app: App
  #wall: () => WallDocument
  #restore: (doc: WallDocument) => void
  #own: WallStorage
  #ready = $state(false)
  /** The stored document; undefined before it was read. Until then, nothing is saved. */
  #stored: Layouts | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(app: App, wall: () => WallDocument, restore: (doc: WallDocument) => void, own: WallStorage) {
    this.#app = app
    this.#wall = wall
    this.#restore = restore
    this.#own = own
  }

  /** Whether restoring the last wall has succeeded or failed. */
  get ready(): boolean {
    return this.#ready
  }

  /** Call within an effect root. */
  follow(): void {
    $effect(() => this.#restoreOnce())
    $effect(() => this.#saveSoon())
  }
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Saves pending changes now. */
  async save(): Promise<void> {
    clearTimeout(this.#timer)
    const before = this.#stored
    if (before === undefined) return
    const doc = writeWall(before, this.#wall())
    if (JSON.stringify(doc) === JSON.stringify(before)) return
    this.#stored = doc
    this.#own.write(doc)
    if (!this.#own.shared) return
    try {
      await this.#app.client.putLayouts(doc)
      this.#app.layouts.set(doc)
    } catch (thrown) {
      // Retried with the next change, and after a reconnect.
      if (this.#stored === doc) this.#stored = before
      if (this.#app.connected)
        this.#app.notices.show('error', `Could not save the wall: ${messageOf(thrown)}`)
    }
  }

  #saveSoon(): void {
    // Makes the effect depend on the wall's content.
    this.#wall()
    if (!this.#ready || !this.#app.connected) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER)
  }

  #restoreOnce(): void {
    const { value, error, loading } = this.#app.layouts
    if (this.#stored !== undefined) return
    untrack(() => {
      const stored = this.#own.read() ?? (this.#own.shared ? value : {})
      if (stored !== undefined) {
        this.#stored = stored
        this.#restore(readWall(stored))
        this.#ready = true
      } else if (error !== '' && !loading) this.#ready = true
    })
  }
}
