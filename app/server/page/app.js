// The page is drawn by the server. This script asks for it anew whenever an event says that something changed, puts
// times into the reader's own zone, and copies addresses.
const connection = document.getElementById('connection')

function dress(root) {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    if (!Number.isNaN(at.valueOf())) {
      const near = Math.abs(at - Date.now()) < 12 * 3600e3
      time.textContent = near ? at.toLocaleTimeString() : at.toLocaleString()
    }
  }
  // Behind a proxy that adds TLS, the address is the one the reader came by.
  for (const url of root.querySelectorAll('.url')) url.value = location.origin + new URL(url.value).pathname
}

let drawing = false
let again = false
async function draw() {
  if (drawing) {
    again = true
    return
  }
  drawing = true
  try {
    const answer = await fetch('/', { headers: { Accept: 'text/html' } })
    if (answer.redirected) {
      location.assign(answer.url)
      return
    }
    if (!answer.ok) throw new Error(String(answer.status))
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main')
    const main = document.getElementById('main')
    dress(fresh)
    if (fresh.innerHTML === main.innerHTML || main.contains(document.activeElement) && document.activeElement.matches('.url')) return
    const open = main.querySelector('details')?.open
    if (open) fresh.querySelector('details')?.setAttribute('open', '')
    const focused = document.activeElement?.getAttribute('aria-label') || document.activeElement?.id
    main.replaceWith(fresh)
    if (focused) [...fresh.querySelectorAll('button')].find((b) => b.id === focused || b.ariaLabel === focused)?.focus()
  } catch {
    connection.textContent = 'The server does not answer. Trying again.'
  } finally {
    drawing = false
    if (again) {
      again = false
      setTimeout(draw, 500)
    }
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button')
  if (!button) return
  if (button.matches('.copy')) {
    const url = button.parentElement.querySelector('.url')
    url.select()
    try {
      await navigator.clipboard.writeText(url.value)
    } catch {
      document.execCommand('copy') // a page that is neither HTTPS nor loopback has no clipboard of its own
    }
    button.focus()
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 1500)
  }
  if (button.id === 'extract') {
    button.disabled = true
    button.textContent = 'Looking…'
    try {
      await fetch('/api/v1/extract', { method: 'POST' })
    } finally {
      button.disabled = false
      button.textContent = 'Look again'
      draw()
    }
  }
})

dress(document)
const events = new EventSource('/api/v1/events')
for (const type of ['streams', 'active', 'sources', 'schedule']) events.addEventListener(type, draw)
events.addEventListener('notice', (event) => { connection.textContent = JSON.parse(event.data).notice.message })
events.addEventListener('error', () => { connection.textContent = 'Not connected. Trying again.' })
let opened = false
events.addEventListener('open', () => {
  connection.textContent = ''
  if (opened) draw() // what happened in between was missed
  opened = true
})
