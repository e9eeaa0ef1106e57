// The code is sent once, which sets a session cookie that scripts cannot read. The QR code of the window has it in the fragment.
const form = document.getElementById('pair')
const field = document.getElementById('code')
const error = document.getElementById('error')

const find = (of) => (of.find(([pattern]) => pattern.test(navigator.userAgent)) ?? [])[1]
const system = find([[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']])
const browser = find([[/Edg/, 'Edge'], [/Firefox|FxiOS/, 'Firefox'], [/SamsungBrowser/, 'Samsung Internet'], [/Chrom|CriOS/, 'Chromium'], [/Safari/, 'Safari']])

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  error.textContent = ''
  try {
    const answer = await fetch('/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: field.value, name: [browser ?? 'Browser', system].filter(Boolean).join(' on ') }),
    })
    if (answer.ok) {
      location.replace('/#/remote')
      return
    }
    error.textContent = (await answer.json()).error.message
  } catch {
    error.textContent = "Gridwall's window is not responding. Try again."
  }
})

const given = /^#code=(\d{6})$/.exec(location.hash)
if (given) {
  history.replaceState(null, '', location.pathname)
  field.value = given[1]
  form.requestSubmit()
}
