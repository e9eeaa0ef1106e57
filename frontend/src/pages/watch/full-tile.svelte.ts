import type { Shell } from '$lib/shell/shell'

/** The tile that fills the window, which is in full screen meanwhile if it can be. */
export class FullTile {
  #shell: Pick<Shell, 'fullscreen' | 'isFullscreen'>
  #key = $state('')
  /** Whether the window is in full screen because of the tile. */
  #own = false

  constructor(shell: Pick<Shell, 'fullscreen' | 'isFullscreen'>) {
    this.#shell = shell
  }

  /** The key of the tile; "" for none. */
  get key(): string {
    return this.#key
  }

  async enter(key: string): Promise<void> {
    this.#key = key
    try {
      if (await this.#shell.isFullscreen()) return
      this.#own = true
      await this.#shell.fullscreen(true)
    } catch {
      // Some browsers have no full screen: the tile fills the page.
    }
  }

  async leave(): Promise<void> {
    this.#key = ''
    if (!this.#own) return
    this.#own = false
    await this.#shell.fullscreen(false).catch(() => undefined)
  }

  /** Another tile has the wall's focus, and fills the window in its place; "": the last one was closed. */
  show(key: string): void {
    if (this.#key === '') return
    if (key === '') void this.leave()
    else this.#key = key
  }

  /** The browser has left full screen, because the user pressed Esc there. */
  left(): void {
    this.#key = ''
    this.#own = false
  }
}
