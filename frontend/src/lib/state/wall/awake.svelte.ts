import { untrack } from 'svelte'

/** How long nothing may play before the screen may turn off, in ms: a stall is over by then. */
const RELEASE_AFTER = 15_000

/** Keeps the screen on while something plays: by the browser's wake lock, and by the desktop in Gridwall's own window. */
export class KeepAwake {
  #playing: () => boolean
  #window: { keepAwake(on: boolean): Promise<unknown> }
  #on = false
  #lock: WakeLockSentinel | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `shell` is the part of the shell that asks the desktop; a browser's does nothing. */
  constructor(playing: () => boolean, shell: { keepAwake(on: boolean): Promise<unknown> }) {
    this.#playing = playing
    this.#window = shell
  }

  /** Starts; returns a function that ends it. */
  follow(): () => void {
    const shown = () => void this.#acquire()
    document.addEventListener('visibilitychange', shown)
    const end = $effect.root(() => {
      $effect(() => {
        const playing = this.#playing()
        untrack(() => this.#soon(playing))
      })
    })
    return () => {
      end()
      document.removeEventListener('visibilitychange', shown)
      clearTimeout(this.#timer)
      this.#set(false)
    }
  }

  #soon(playing: boolean): void {
    clearTimeout(this.#timer)
    if (playing) this.#set(true)
    else this.#timer = setTimeout(() => this.#set(false), RELEASE_AFTER)
  }

  #set(on: boolean): void {
    if (this.#on === on) return
    this.#on = on
    void this.#window.keepAwake(on).catch(() => undefined)
    if (on) void this.#acquire()
    else {
      void this.#lock?.release().catch(() => undefined)
      this.#lock = undefined
    }
  }

  /** A browser releases the lock of a page that is hidden, so it is acquired again when the page is shown. */
  async #acquire(): Promise<void> {
    if (!this.#on || document.hidden || (this.#lock && !this.#lock.released)) return
    try {
      const lock = await navigator.wakeLock?.request('screen')
      if (this.#on) this.#lock = lock
      else void lock?.release().catch(() => undefined)
    } catch {
      // Refused: a battery saver is on, or the page is not on a secure address.
    }
  }
}
