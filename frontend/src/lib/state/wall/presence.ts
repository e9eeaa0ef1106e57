/**
 * Calls onLeave when the page is left, and onReturn when it comes back from the back/forward cache, until the returned
 * function is called.
 */
export function onPageExit(onLeave: () => void, onReturn: () => void): () => void {
  const shown = (e: PageTransitionEvent) => {
    if (e.persisted) onReturn()
  }
  window.addEventListener('pagehide', onLeave)
  window.addEventListener('pageshow', shown)
  return () => {
    window.removeEventListener('pagehide', onLeave)
    window.removeEventListener('pageshow', shown)
  }
}
