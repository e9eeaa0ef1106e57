import { untrack } from 'svelte'
import { messageOf, type Layouts } from '../api'
import { readWall, writeWall, type WallDocument } from '../grid/document'
import type { App } from './app.svelte'

/** How long after the last change the wall is saved, in ms. */
const SAVE_AFTER = 500

/** Keeps a wall on the server: brings it back once, and saves it after each change. */
export class Keeper {
  #app: App
  #wall: () => WallDocument
  #restore: (doc: WallDocument) => void
  #ready = $state(false)
  /** The document as the server has it; undefined before it was read: then nothing is saved. */
  #kept: Layouts | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(app: App, wall: () => WallDocument, restore: (doc: WallDocument) => void) {
    this.#app = app
    this.#wall = wall
    this.#restore = restore
  }

  /** Whether the wall of the last time is back, or cannot be had. */
  get ready(): boolean {
    return this.#ready
  }

  /** To be called within an effect root. */
  follow(): void {
    $effect(() => this.#restoreOnce())
    $effect(() => this.#saveSoon())
  }
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Saves now what was changed since. */
  async save(): Promise<void> {
    clearTimeout(this.#timer)
    const before = this.#kept
    if (before === undefined) return
    const doc = writeWall(before, this.#wall())
    if (JSON.stringify(doc) === JSON.stringify(before)) return
    this.#kept = doc
    try {
      await this.#app.client.putLayouts(doc)
      this.#app.layouts.set(doc)
    } catch (thrown) {
      // Tried again with the next change, and after a reconnect.
      if (this.#kept === doc) this.#kept = before
      if (this.#app.connected) this.#app.notices.show('error', `The wall is not saved: ${messageOf(thrown)}`)
    }
  }

  #saveSoon(): void {
    // Read for its dependencies: what is in it, and whether there is a server.
    this.#wall()
    if (!this.#ready || !this.#app.connected) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER)
  }

  #restoreOnce(): void {
    const { value, error, loading } = this.#app.layouts
    if (this.#kept !== undefined) return
    untrack(() => {
      if (value !== undefined) {
        this.#kept = value
        this.#restore(readWall(value))
        this.#ready = true
      } else if (error !== '' && !loading) this.#ready = true
    })
  }
}
