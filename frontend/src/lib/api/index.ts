import type { Client } from './client'
import { httpClient } from './http'
import { inWindow } from './bound'
import { wailsClient } from './wails'

export type { Client, Listener } from './client'
export { ApiError, asApiError, messageOf, UNREACHABLE } from './errors'
export { logOut } from './http'
export { inWindow } from './bound'
export type * from './types'

/** The API through the window's bindings, or over HTTP in a browser. */
export const connect = (): Client => (inWindow() ? wailsClient() : httpClient())
