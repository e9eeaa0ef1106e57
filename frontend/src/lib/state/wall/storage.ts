import type { Layouts } from '../../grid/layouts'

/** Where a page stores its wall. */
export interface WallStorage {
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
export const serversWall: WallStorage = { read: () => undefined, write: () => undefined }
