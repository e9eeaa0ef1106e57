/**
 * Reports when the page is left, and when it comes back from the back/forward cache, until the returned function is
 * called.
 */
export function followPage(goes: () => void, isBack: () => void): () => void {
  const back = (e: PageTransitionEvent) => {
    if (e.persisted) isBack()
  }
  window.addEventListener('pagehide', goes)
  window.addEventListener('pageshow', back)
  return () => {
    window.removeEventListener('pagehide', goes)
    window.removeEventListener('pageshow', back)
  }
}
