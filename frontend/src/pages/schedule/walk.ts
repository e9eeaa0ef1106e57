/** Elements that handle keys themselves. */
const OWN_KEYS = 'input, textarea, select, button, dialog, [role="menu"]'

/**
 * The keys of the list: up and down go from event to event. Enter opens the live session of the focused event, or,
 * without a focused event, any live session.
 */
export function walk(page: HTMLElement, e: KeyboardEvent): void {
  if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.defaultPrevented) return
  const focus = document.activeElement
  if (focus?.closest(OWN_KEYS) || document.querySelector('dialog[open]')) return
  // A click beside all controls, or a key that changes the page, leaves the focus on an element around this page.
  const nowhere = focus === null || focus.contains(page)
  switch (e.key) {
    case 'Enter': {
      const from = nowhere ? page : focus.tagName === 'ARTICLE' ? focus : undefined
      const link = from?.querySelector<HTMLAnchorElement>('a[data-live]')
      if (!link) return
      e.preventDefault()
      link.click()
      return
    }
    case 'ArrowDown':
    case 'ArrowUp': {
      if (!nowhere && !page.contains(focus)) return
      const next = neighbour(page, nowhere ? null : focus, e.key === 'ArrowDown' ? 1 : -1)
      if (!next) return
      e.preventDefault()
      next.focus({ preventScroll: true })
      next.scrollIntoView({ block: 'nearest' })
    }
  }
}

/** The event after or before the focused one; without focus, the live or next one. */
function neighbour(page: HTMLElement, focus: Element | null, step: 1 | -1): HTMLElement | undefined {
  const all = [...page.querySelectorAll<HTMLElement>('article')]
  if (focus === null) return all.find((a) => a.hasAttribute('aria-current')) ?? all[0]
  const at = all.findIndex((a) => a.contains(focus))
  if (at >= 0) return all[at + step]
  const side = step === 1 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING
  const rest = all.filter((a) => (focus.compareDocumentPosition(a) & side) !== 0)
  return step === 1 ? rest[0] : rest.at(-1)
}
