import type { Client } from './client'
import { httpClient } from './http'
import { inWindow, wailsClient } from './wails'

export type { Client, Listener } from './client'
export { ApiError, asApiError, messageOf, UNREACHABLE } from './errors'
export { logOut } from './http'
export { inWindow } from './wails'
export type * from './types'

/** The facade by the transport that is there: the window's bindings, else HTTP. */
export const connect = (): Client => (inWindow() ? wailsClient() : httpClient())
