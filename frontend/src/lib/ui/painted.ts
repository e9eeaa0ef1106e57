/** A page that nothing paints, such as one behind other windows, is not waited for longer than this, in ms. */
const UNSEEN = 500
const FIRST = 'first-contentful-paint'

/** Waits until something of the page is on the screen; not for a hidden page. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    // WebKit runs frames before the first that it shows, so that their callbacks tell nothing.
    if (document.hidden || !PerformanceObserver.supportedEntryTypes?.includes('paint')) return resolve()
    const observer = new PerformanceObserver((list) => {
      if (list.getEntriesByName(FIRST).length > 0) seen()
    })
    const seen = () => {
      observer.disconnect()
      resolve()
    }
    observer.observe({ type: 'paint', buffered: true })
    setTimeout(seen, UNSEEN)
  })
