package desktop

// notBuilt is the page of a build that was made before the frontend.
const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Gridwall</title>
<style>body { font: 15px/1.6 system-ui, sans-serif; background: #0a0a0c; color: #e8eaed; margin: 3rem; max-width: 40rem } code { color: #9fd }</style>
<h1>Gridwall is running without its page</h1>
<p>This program was built without its page. Build both, from the top of the repository:</p>
<p><code>build/run</code></p>
<p>Until then, <code>gridwall serve</code> and the other commands work all the same.</p>
`
