import type { Operations } from './generated/operations'
import type { ApiEvent } from './types'

export interface Listener {
  event(e: ApiEvent): void
  /** true after each connect and reconnect, when everything shown must be fetched again; false when the connection is lost. */
  connected(up: boolean): void
}

/** The API, the same over HTTP and through the window's bindings. */
export interface Client extends Operations {
  /** Calls the listener until the returned function is called; with a screen's id, for the commands to it too. */
  subscribe(listener: Listener, screen?: string): () => void
}
