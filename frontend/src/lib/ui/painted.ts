/** The longest wait, in ms: a page behind other windows may never be painted. */
const LONGEST_WAIT = 500
const FIRST = 'first-contentful-paint'

/** Waits until the page has been painted; returns at once for a hidden page. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    // requestAnimationFrame is no substitute: WebKit runs its callbacks before the first frame that it shows.
    if (document.hidden || !PerformanceObserver.supportedEntryTypes?.includes('paint')) return resolve()
    const observer = new PerformanceObserver((list) => {
      if (list.getEntriesByName(FIRST).length > 0) seen()
    })
    const seen = () => {
      observer.disconnect()
      resolve()
    }
    observer.observe({ type: 'paint', buffered: true })
    setTimeout(seen, LONGEST_WAIT)
  })
