/** How bad it is: the flag that the notice shows. */
export type Tone = 'info' | 'done' | 'warning' | 'error'

export interface Action {
  label: string
  run: () => void
}

export interface Toast {
  id: number
  tone: Tone
  text: string
  action?: Action
}

/** How long a notice stays, in ms. One with an action stays longer: it wants to be reached. An error stays. */
const STAY = 5_000
const STAY_WITH_ACTION = 10_000
const MOST = 4

/** The answers to actions and the server's notices, at the window's lower edge. */
export class Notices {
  #toasts = $state<Toast[]>([])
  #next = 1
  #timers = new Map<number, ReturnType<typeof setTimeout>>()

  get toasts(): readonly Toast[] {
    return this.#toasts
  }

  /** Shows a notice; the same text again only starts its time anew. */
  show(tone: Tone, text: string, action?: Action): number {
    const same = this.#toasts.find((t) => t.text === text && t.tone === tone)
    if (same && !action) {
      this.#time(same)
      return same.id
    }
    const toast: Toast = { id: this.#next++, tone, text, ...(action ? { action } : {}) }
    this.#toasts = [...this.#toasts, toast].slice(-MOST)
    this.#time(toast)
    return toast.id
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.#toasts = this.#toasts.filter((t) => t.id !== id)
  }

  /** Runs a notice's action and takes the notice away. */
  act(id: number): void {
    const toast = this.#toasts.find((t) => t.id === id)
    this.dismiss(id)
    toast?.action?.run()
  }

  #time(toast: Toast): void {
    clearTimeout(this.#timers.get(toast.id))
    if (toast.tone === 'error' && !toast.action) return
    const stay = toast.action ? STAY_WITH_ACTION : STAY
    this.#timers.set(
      toast.id,
      setTimeout(() => this.dismiss(toast.id), stay),
    )
  }
}
