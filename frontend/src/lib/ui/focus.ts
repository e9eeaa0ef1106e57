/**
 * Gives the focus back to the element that had it before a panel or a dialog; to the page's content if that was none, or is gone:
 * in WebKitGTK, Tab reaches nothing any more if the focus is lost.
 */
export function returnFocus(before: Element | null): void {
  const to =
    before instanceof HTMLElement && before !== document.body && before.isConnected ? before : content()
  to?.focus({ preventScroll: true })
}

/** Takes the focus of the keyboard from a control outside of an element. */
export function leaveControls(except: Element | undefined): void {
  const { activeElement } = document
  if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return
  if (except?.contains(activeElement)) return
  activeElement.blur()
  returnFocus(null)
}

const content = (): HTMLElement | null => document.querySelector('main')

const CONTROL = 'button:not(:disabled), input:not(:disabled, [tabindex="-1"]), select, textarea'
const FIELD = 'input:is([type=search], [type=text])'

/** The first control of an element: its field to type in if it has one. */
export const firstControl = (within: Element): HTMLElement | null =>
  within.querySelector<HTMLElement>(FIELD) ?? within.querySelector<HTMLElement>(CONTROL)

/**
 * An attachment. If the focused element is removed, such as a row that is deleted with its own button, the focus goes to the row
 * that takes its place, or to the first control, instead of the page's body.
 */
export function holdFocus(within: HTMLElement): () => void {
  let last: { el: HTMLElement; row: Element | null; list: Element | null; at: number } | undefined
  const remember = (e: FocusEvent) => {
    const el = e.target as HTMLElement
    const row = el.closest('li, .row')
    const list = row?.parentElement ?? null
    last = { el, row, list, at: row && list ? [...list.children].indexOf(row) : -1 }
  }
  // A click beside all controls takes the focus away, and nothing gives it back.
  const forget = () => (last = undefined)
  const check = () => {
    if (!last || (document.activeElement ?? document.body) !== document.body) return
    const { el, row, list, at } = last
    if (el.isConnected) return el.focus({ preventScroll: true })
    const rows = [...(list?.children ?? [])]
    const next = row?.isConnected ? row : (rows[at] ?? rows[at - 1])
    const to = (next && firstControl(next)) ?? firstControl(within)
    if (to) to.focus()
    else returnFocus(null)
  }
  const removed = new MutationObserver(check)
  removed.observe(within, { childList: true, subtree: true })
  within.addEventListener('focusin', remember)
  document.addEventListener('pointerdown', forget, true)
  return () => {
    removed.disconnect()
    within.removeEventListener('focusin', remember)
    document.removeEventListener('pointerdown', forget, true)
  }
}
