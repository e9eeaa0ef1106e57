/** The severity, shown as a flag. */
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

/** How long a notice is shown, in ms. One with an action is shown longer, so that there is time to use it; errors stay. */
const STAY = 5_000
const STAY_WITH_ACTION = 10_000
const MOST = 4

/** Results of actions and notices from the server, shown at the lower edge of the page. */
export class Notices {
  #toasts = $state<Toast[]>([])
  #next = 1
  #timers = new Map<number, ReturnType<typeof setTimeout>>()

  get toasts(): readonly Toast[] {
    return this.#toasts
  }

  /** Shows a notice; the same text again only restarts its timer. */
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

  /** Runs a notice's action and removes the notice. */
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
