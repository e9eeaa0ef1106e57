import { mount } from 'svelte'
import { connect } from '$lib/api'
import { Control } from './control.svelte'
import Remote from './Remote.svelte'

/** Shows the remote instead of the application. It needs no players, and works where the rest of the API is not served. */
export const startRemote = (target: HTMLElement): object =>
  mount(Remote, { target, props: { control: new Control(connect()) } })
