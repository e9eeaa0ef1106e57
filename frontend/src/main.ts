import './app.css'
import { mount } from 'svelte'
import Root from './Root.svelte'
import { App } from './lib/state/app.svelte'

/** The remote is a page of its own. A window serves nothing else to phones, and marks its page. */
const isRemote = () =>
  /^#\/remote\b/.test(location.hash) ||
  document.querySelector('meta[name="gridwall-page"][content="remote"]') !== null

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
target.replaceChildren()
const remote = isRemote()
if (remote) void import('./pages/remote/start').then((m) => m.startRemote(target))
else mount(Root, { target, props: { app: new App() } })
window.addEventListener('hashchange', () => isRemote() !== remote && location.reload())
