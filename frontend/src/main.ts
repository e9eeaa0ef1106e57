import './app.css'
import { mount } from 'svelte'
import Root from './Root.svelte'
import { App } from './lib/state/app.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
target.replaceChildren()
mount(Root, { target, props: { app: new App() } })
