import * as Remote from '../../../wailsjs/go/desktop/Remote'
import { wails } from './bound'
import type { Client, Listener } from './client'
import { CONNECTED, EVENT } from './generated/window'
import { operationsOver } from './http'
import type { ApiEvent } from './types'

/** The API of a second window: its program passes the requests on to the one of the first window. */
export const secondClient = (): Client => ({
  ...operationsOver(async (method, path, body, { headers = {} }) => {
    const answer = await Remote.Exchange(
      method,
      path,
      body ?? '',
      headers['If-Match'] ?? '',
      headers['If-None-Match'] ?? '',
    )
    return { status: answer.status, text: answer.body, etag: answer.etag }
  }),
  subscribe: (listener: Listener, screen = '') => {
    const offs = [
      wails().runtime?.EventsOn(EVENT, (e) => listener.event(e as ApiEvent)),
      wails().runtime?.EventsOn(CONNECTED, (up) => listener.connected(up === true)),
    ]
    listener.connected(true)
    void Remote.Follow(screen)
    return () => offs.forEach((off) => off?.())
  },
})
