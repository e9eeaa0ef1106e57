/** The interval at which playback is checked, in ms. */
export const TICK = 1000

type Listener = (now: number) => void

const listeners = new Set<Listener>()
let timer: ReturnType<typeof setInterval> | undefined

/** Calls the listener once a second until the returned function is called. All tiles share one timer. */
export function everySecond(listener: Listener): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    const now = Date.now()
    for (const l of [...listeners]) l(now)
  }, TICK)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
