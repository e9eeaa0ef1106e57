import * as Facade from '../../../wailsjs/go/desktop/Facade'
import { methods, wails } from './bound'
import type { Client, Listener } from './client'
import type { Operations } from './generated/operations'
import { EVENT } from './generated/window'
import type { ApiEvent } from './types'

// The window binds every operation: a missing one does not compile.
const bindings: Record<Capitalize<keyof Operations>, unknown> = Facade

/** The API through the window's bindings. */
export function wailsClient(): Client {
  return {
    // Wails names the fields of a type as in JSON, but describes times and enumerations less exactly.
    ...(methods(bindings) as unknown as Operations),
    subscribe: (listener: Listener) => {
      const off = wails().runtime?.EventsOn(EVENT, (e) => listener.event(e as ApiEvent))
      listener.connected(true)
      return () => off?.()
    },
  }
}
