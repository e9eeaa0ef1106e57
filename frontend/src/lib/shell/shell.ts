import { inWindow, type WailsWindow } from '../api/wails'
import { asApiError } from '../api/errors'

/** What the tray, a notification or a second start asks of the page. */
export interface Command {
  name: 'live' | 'watch' | 'page' | 'hidden' | 'shown' | 'drop'
  page?: string
  stream_id?: string
  event?: string
  session?: string
}

/** What the window knows about the machine. */
export interface ShellState {
  tray: boolean
  /** What the webview lacks to play, and the command that installs it; "" where all is there. */
  codecs: string
}

/** A file that was dropped on the window. */
export interface DroppedFile {
  name: string
  /** What is in it, in base64. */
  data: string
}

export type Folder = 'config' | 'sources' | 'data' | 'log'

/** What only a window can do. In a browser `window` is false, and the others do what a page can. */
export interface Shell {
  readonly window: boolean
  /** The page is mounted: the commands that waited. Later ones go to onCommand's listener. */
  ready(): Promise<Command[]>
  onCommand(listener: (c: Command) => void): () => void
  openPlayer(streamID: string, player: string): Promise<void>
  openLog(): Promise<void>
  openFolder(name: Folder): Promise<void>
  openURL(url: string): void
  fullscreen(on: boolean): Promise<void>
  isFullscreen(): Promise<boolean>
  remember(page: string): Promise<void>
  lastPage(): Promise<string>
  state(): Promise<ShellState>
  reportCodecs(h264: boolean, aac: boolean): Promise<void>
  /** The file that a drop command tells of. */
  dropped(): Promise<DroppedFile>
}

const COMMAND = 'gridwall:command'
const LAST_PAGE = 'gridwall.page'

function windowShell(w: WailsWindow): Shell {
  const call = async <T>(method: string, ...args: unknown[]): Promise<T> => {
    const bound = w.go?.desktop?.Shell?.[method]
    if (!bound) throw asApiError(`the window has no ${method}`)
    try {
      return (await bound(...args)) as T
    } catch (thrown) {
      throw asApiError(thrown)
    }
  }
  return {
    window: true,
    ready: async () => (await call<Command[] | null>('Ready')) ?? [],
    onCommand: (listener) => w.runtime?.EventsOn(COMMAND, (c) => listener(c as Command)) ?? (() => undefined),
    openPlayer: (streamID, player) => call('OpenPlayer', streamID, player),
    openLog: () => call('OpenLog'),
    openFolder: (name) => call('OpenFolder', name),
    openURL: (url) => w.runtime?.BrowserOpenURL(url),
    fullscreen: (on) => call('Fullscreen', on),
    isFullscreen: () => call('IsFullscreen'),
    remember: (page) => call('Remember', page),
    lastPage: () => call('LastPage'),
    state: () => call('State'),
    reportCodecs: (h264, aac) => call('ReportCodecs', h264, aac),
    dropped: () => call('Dropped'),
  }
}

function browserShell(): Shell {
  const no = async () => {
    throw asApiError('This is done by the machine that Gridwall runs on, not by a browser.')
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
    remember: async (page) => localStorage.setItem(LAST_PAGE, page),
    lastPage: async () => localStorage.getItem(LAST_PAGE) ?? '',
    state: async () => ({ tray: false, codecs: '' }),
    reportCodecs: async () => undefined,
    dropped: no,
  }
}

/** The shell that is there. */
export const openShell = (w: WailsWindow = window as WailsWindow): Shell =>
  inWindow(w) ? windowShell(w) : browserShell()
