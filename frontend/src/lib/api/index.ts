import type { Client } from './client'
import { httpClient } from './http'
import { inSecondWindow, inWindow } from './bound'
import { secondClient } from './second'
import { wailsClient } from './wails'

export type { Client, Listener } from './client'
export { ApiError, asApiError, messageOf, UNREACHABLE } from './errors'
export { logOut } from './http'
export { inSecondWindow, inWindow } from './bound'
export type * from './types'

/** The API through the window's bindings, or over HTTP in a browser. */
export const connect = (): Client =>
  inSecondWindow() ? secondClient() : inWindow() ? wailsClient() : httpClient()
