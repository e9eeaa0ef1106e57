/**
 * Gives the focus back to the element that had it before a panel or a dialog; to the page's content if that was none, or is gone:
 * in WebKitGTK, Tab reaches nothing any more if the focus is lost.
 */
export function returnFocus(before: Element | null): void {
  const to =
    before instanceof HTMLElement && before !== document.body && before.isConnected ? before : content()
  to?.focus({ preventScroll: true })
}

const content = (): HTMLElement | null => document.querySelector('main')
