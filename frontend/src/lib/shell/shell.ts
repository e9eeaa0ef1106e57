import * as Bindings from '../../../wailsjs/go/desktop/Shell'
import type { desktop } from '../../../wailsjs/go/models'
import { inWindow, methods, wails, type Methods } from '../api/bound'
import { asApiError } from '../api/errors'
import { href } from '../state/route.svelte'
import { COMMAND, type CommandName } from '../api/generated/window'

/** A command to the page: from the tray, a notification or a second start of the program. */
export type Command = Omit<desktop.Command, 'name'> & { name: CommandName }
export type ShellState = desktop.ShellState
export type DroppedFile = desktop.DroppedFile
export type Folder = 'config' | 'sources' | 'data' | 'log'

/** What only a window can do. In a browser, `window` is false and the methods do what a page can. */
export interface Shell extends Omit<Methods<typeof Bindings>, 'ready'> {
  readonly window: boolean
  /** Reports that the page is mounted, and returns the pending commands. Later ones go to onCommand's listener. */
  ready(): Promise<Command[]>
  onCommand(listener: (c: Command) => void): () => void
  openURL(url: string): void
  /** Opens a saved wall in another window. */
  openWall(name: string): Promise<void>
}

const LAST_PAGE = 'gridwall.page'

function windowShell(): Shell {
  const bound = methods(Bindings)
  return {
    ...bound,
    window: true,
    ready: async () => ((await bound.ready()) as Command[] | null) ?? [], // Go writes an empty list as null
    onCommand: (listener) =>
      wails().runtime?.EventsOn(COMMAND, (c) => listener(c as Command)) ?? (() => undefined),
    openURL: (url) => wails().runtime?.BrowserOpenURL(url),
  }
}

function browserShell(): Shell {
  const no = async () => {
    throw asApiError('This works only in the Gridwall window, not in a browser.')
  }
  return {
    window: false,
    ready: async () => [],
    onCommand: () => () => undefined,
    openPlayer: no,
    openLog: no,
    openFolder: no,
    openURL: (url) => window.open(url, '_blank', 'noopener'),
    fullscreen: async (on) => {
      if (on) await document.documentElement.requestFullscreen()
      else if (document.fullscreenElement) await document.exitFullscreen()
    },
    isFullscreen: async () => document.fullscreenElement !== null,
    keepAwake: async () => undefined,
    remember: async (page) => localStorage.setItem(LAST_PAGE, page),
    lastPage: async () => localStorage.getItem(LAST_PAGE) ?? '',
    state: async () => ({ tray: false, codecs: '', player: [] }),
    reportCodecs: async () => undefined,
    dropped: no,
    openWall: async (name) => {
      // Without an opener, the new page has a storage of its own.
      window.open(new URL(href('watch', { wall: name }), location.href), '_blank', 'noopener')
    },
    saveFile: async (name, text) => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
      return name
    },
  }
}

/** The shell of the window, or of a browser. */
export const openShell = (): Shell => (inWindow() ? windowShell() : browserShell())
