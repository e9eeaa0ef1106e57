import type { Layouts } from '../../grid/layouts'

/** Where a page stores its wall. */
export interface WallStorage {
  /** Whether the server stores the wall, too, for pages that have none of their own. */
  readonly shared: boolean
  /** The wall of this page; undefined if it never had one. */
  read(): Layouts | undefined
  write(doc: Layouts): void
}

const KEY = 'gridwall.wall'

/**
 * Each browser stores its own wall, so that two screens on one server never overwrite each other. A tab's wall survives a
 * reload, and a new tab starts with the browser's last wall.
 */
export const browserWalls = (
  tab: () => Storage = () => sessionStorage,
  browser: () => Storage = () => localStorage,
): WallStorage => {
  const places = [tab, browser]
  return {
    shared: true,
    read() {
      for (const place of places) {
        try {
          const stored: unknown = JSON.parse(place().getItem(KEY) ?? 'null')
          if (typeof stored === 'object' && stored !== null) return stored as Layouts
        } catch {
          // The browser blocks storage, or something else was written there.
        }
      }
      return undefined
    },
    write(doc) {
      for (const place of places) {
        try {
          place().setItem(KEY, JSON.stringify(doc))
        } catch {
          // The storage is full or blocked. The server stores the wall, too.
        }
      }
    },
  }
}

/** No storage of its own, for the window: it is the only page of its program, so it uses the wall stored there. */
export const serversWall: WallStorage = { shared: true, read: () => undefined, write: () => undefined }

const SECOND = 'gridwall.second'

/**
 * Whether this page is a second screen: it was opened with the address of a saved wall. It stays one until its tab is closed.
 */
export function isSecondScreen(hash: string, tab: () => Storage = () => sessionStorage): boolean {
  const named = new URLSearchParams(hash.split('?')[1] ?? '').has('wall')
  try {
    // A tab that had a wall before stays what it is.
    if (named && tab().getItem(KEY) === null) tab().setItem(SECOND, '1')
    return tab().getItem(SECOND) !== null
  } catch {
    return named
  }
}

/** The storage of a second screen: its wall belongs to its tab alone, and no other page starts with it. */
export const secondScreenWall = (tab: () => Storage = () => sessionStorage): WallStorage => {
  const { read, write } = browserWalls(tab, tab)
  return { shared: false, read, write }
}
