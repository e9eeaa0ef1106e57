// The token is sent to the server once, which sets a session cookie that scripts cannot read.
const form = document.getElementById('login')
const error = document.getElementById('error')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  error.textContent = ''
  try {
    const answer = await fetch('/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: document.getElementById('token').value }),
    })
    if (answer.ok) {
      location.replace('/' + location.hash)
      return
    }
    error.textContent = (await answer.json()).error.message
  } catch {
    error.textContent = 'The server is not responding. Try again.'
  }
})
