import './app.css'

/** A page that nothing paints, such as one behind other windows, starts all the same after so long, in ms. */
const UNSEEN = 100

// The frame of index.html is painted before the application is read: it would else wait until that has run.
let begun = false
function begin(): void {
  if (!begun) void import('./start')
  begun = true
}
if (document.hidden) begin()
else {
  requestAnimationFrame(() => setTimeout(begin))
  setTimeout(begin, UNSEEN)
}
