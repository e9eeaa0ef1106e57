import type { Layouts } from '../../grid/document'

/** Where a page keeps the wall that it shows. */
export interface WallStorage {
  /** The wall of this page; undefined where it never had one. */
  read(): Layouts | undefined
  write(doc: Layouts): void
}

const KEY = 'gridwall.wall'

/**
 * A browser keeps its own wall, so that two screens on one server never overwrite each other: a tab's survives its
 * reload, the browser's last one is what a new tab begins with.
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
          // The browser keeps nothing for this page, or somebody has written there.
        }
      }
      return undefined
    },
    write(doc) {
      for (const place of places) {
        try {
          place().setItem(KEY, JSON.stringify(doc))
        } catch {
          // Full, or forbidden: the server keeps it, too.
        }
      }
    },
  }
}

/** The window has its program to itself: what the server keeps is its wall. */
export const serversWall: WallStorage = { read: () => undefined, write: () => undefined }
