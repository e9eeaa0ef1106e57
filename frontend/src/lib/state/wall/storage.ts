import type { Layouts } from '../../grid/layouts'

/** Where a page stores its wall. */
export interface WallStorage {
  /** The wall of this page; undefined if it never had one. */
  read(): Layouts | undefined
  write(doc: Layouts): void
}

const KEY = 'gridwall.wall'

/**
 * A browser stores its own wall, so that two screens on one server never overwrite each other: that of a tab survives a
 * reload, and a new tab starts with the browser's last one.
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
          const kept: unknown = JSON.parse(place().getItem(KEY) ?? 'null')
          if (typeof kept === 'object' && kept !== null) return kept as Layouts
        } catch {
          // The browser stores nothing for this page, or something else was written there.
        }
      }
      return undefined
    },
    write(doc) {
      for (const place of places) {
        try {
          place().setItem(KEY, JSON.stringify(doc))
        } catch {
          // The storage is full or forbidden; the server stores the wall, too.
        }
      }
    },
  }
}

/** The window is the only page of its program, so it uses the wall stored by the program. */
export const serversWall: WallStorage = { read: () => undefined, write: () => undefined }
