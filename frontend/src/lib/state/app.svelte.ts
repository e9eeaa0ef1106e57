import { getContext, setContext } from 'svelte'
import {
  connect,
  inSecondWindow,
  messageOf,
  type About,
  type ActiveList,
  type Client,
  type WallList,
} from '../api'
import type { ApiEvent, Notice, RemoteAccess, Schedule, SourceList, StreamList } from '../api'
import { prepare } from '../grid/feeds'
import { Listing } from '../grid/listing'
import type { Layouts } from '../grid/layouts'
import { openShell, type Command, type Shell, type ShellState } from '../shell/shell'
import { provideKeys } from '../ui/keys'
import { painted } from '../ui/painted'
import { Clock } from './clock.svelte'
import { Notices, type Tone } from './notices.svelte'
import { OffsetBook } from './offsets.svelte'
import { Preferences } from './preferences.svelte'
import { Remote } from './remote.svelte'
import { Route, type Page } from './route.svelte'
import { RuleBook } from './rules.svelte'
import type { Order } from './wall/orders'
import { screenID } from './wall/screen.svelte'
import { NamedWalls } from './wall/named.svelte'
import { Workbench } from './workbench.svelte'

/** The state that all pages share. It is built once, in main.ts, and reaches components by context. */
export class App {
  readonly client: Client
  readonly shell: Shell
  readonly route = new Route()
  readonly clock = new Clock()
  readonly notices = new Notices()
  readonly preferences: Preferences
  readonly schedule: Remote<Schedule>
  readonly streams: Remote<StreamList>
  readonly active: Remote<ActiveList>
  readonly sources: Remote<SourceList>
  readonly about: Remote<About>
  readonly rules: RuleBook
  readonly bench: Workbench
  /** Reports whether something plays on the wall; set by the Watch page. */
  playing: () => boolean = () => false
  /** The id of this page's wall for remotes. */
  screen: string
  /** Handles a command from a remote; set by the wall. */
  onOrder: (order: Order) => void = () => undefined
  #unsubscribe: (() => void) | undefined
  /** The stored layouts, read once; the wall saves its changes by client.putLayouts. */
  readonly layouts: Remote<Layouts>
  /** The saved walls. */
  readonly walls: Remote<WallList>
  readonly offsets: OffsetBook
  readonly savedWalls: NamedWalls
  readonly shellState: Remote<ShellState>
  /** How phones reach the remote of the window; loaded when its dialog opens. */
  readonly remoteAccess: Remote<RemoteAccess>
  #connected = $state(true)
  #hidden = $state(false)

  constructor(client: Client = connect(), shell: Shell = openShell()) {
    this.client = client
    this.shell = shell
    this.screen = screenID(shell.window && !inSecondWindow())
    this.preferences = new Preferences(client, this.notices)
    this.schedule = new Remote(() => client.schedule())
    const listing = new Listing(client, prepare)
    this.streams = new Remote(() => listing.read())
    this.active = new Remote(() => client.active())
    this.sources = new Remote(() => client.sources())
    this.about = new Remote(() => client.about())
    this.rules = new RuleBook(client, this.notices)
    this.bench = new Workbench(this)
    this.layouts = new Remote(async () => (await client.layouts()) as Layouts)
    this.walls = new Remote(() => client.walls())
    this.offsets = new OffsetBook(client, this.notices)
    this.savedWalls = new NamedWalls(client, this.walls, this.notices, () => this.streams.value?.streams)
    this.shellState = new Remote(() => shell.state())
    this.remoteAccess = new Remote(() => client.remoteAccess())
  }

  /** false while the server does not respond. */
  get connected(): boolean {
    return this.#connected
  }
  /** Whether the window is hidden in the tray: playback pauses, tokens are still renewed. */
  get hidden(): boolean {
    return this.#hidden
  }

  /** Starts timers and subscriptions; returns a function that ends them. */
  start(): () => void {
    const ends = [
      this.route.listen(),
      this.preferences.followSystem(),
      this.shell.onCommand((c) => this.handleCommand(c)),
      () => this.#unsubscribe?.(),
    ]
    this.#subscribe()
    this.clock.start()
    // The first query about codecs makes WebKitGTK scan GStreamer's plugins, which takes a second: paint first.
    void painted()
      .then(() => reportToWindow(this.shell))
      .catch(() => undefined)
      .then(() => this.shellState.load())
    void this.shell.ready().then((waiting) => waiting.forEach((c) => this.handleCommand(c)))
    return () => {
      ends.forEach((end) => end())
      this.clock.stop()
    }
  }

  #subscribe(): void {
    this.#unsubscribe?.()
    const listener = {
      event: (e: ApiEvent) => this.#event(e),
      connected: (up: boolean) => this.#connection(up),
    }
    this.#unsubscribe = this.client.subscribe(listener, this.screen)
  }

  /** Gives this page another id, because a page has the same. */
  renameScreen(id: string): void {
    this.screen = id
    this.#subscribe()
  }

  /** Fetches everything that is shown again. */
  refetch(): void {
    for (const r of [
      this.preferences.remote,
      this.schedule,
      this.streams,
      this.active,
      this.sources,
      this.about,
      this.rules.remote,
      this.walls,
      this.offsets.remote,
    ])
      void r.load()
  }

  /** Runs a command from the tray, a notification or a second start of the program. */
  handleCommand(c: Command): void {
    switch (c.name) {
      case 'hidden':
      case 'shown':
        this.#hidden = c.name === 'hidden'
        break
      case 'live':
        this.route.go('watch', { live: '1', at: String(Date.now()) })
        break
      case 'watch':
        if (c.stream_id) this.route.go('watch', { stream: c.stream_id })
        else if (c.event) this.route.go('watch', { event: c.event, session: c.session ?? '' })
        else this.route.go('watch')
        break
      case 'wall':
        if (c.wall) this.route.go('watch', { wall: c.wall })
        break
      case 'drop':
        void this.act(async () => {
          const { name, data } = await this.shell.dropped()
          await this.drop(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name))
        })
        break
      case 'page':
        if (c.page) this.route.go(c.page as Page)
    }
  }

  /** Takes a dropped file: a saved wall, or something to make a source of. */
  async drop(file: File): Promise<void> {
    const open = (wall: string) => this.route.go('watch', { wall })
    if (/\.json$/i.test(file.name) && (await this.savedWalls.import(file, open))) return
    this.route.go('sources')
    await this.bench.drop(file)
  }

  /** Runs an action, then shows `done` or the error. Returns whether it succeeded. */
  async act(what: () => Promise<unknown>, done = ''): Promise<boolean> {
    try {
      await what()
      if (done !== '') this.notices.show('done', done)
      return true
    } catch (thrown) {
      this.notices.show('error', messageOf(thrown))
      return false
    }
  }

  /** Opens the wall at the start of a session; if something is playing there, offers to. */
  #offer(event: string, session: string, message: string): void {
    const open = () => this.route.go('watch', { event, session })
    if (this.playing()) this.notices.show('info', message, { label: 'Open its feeds', run: open })
    else open()
  }

  #connection(up: boolean): void {
    this.#connected = up
    if (up) {
      void painted()
        .then(() => reportToServer(this.client))
        .catch(() => undefined)
      this.refetch()
      if (this.layouts.value === undefined) void this.layouts.load()
    }
  }

  #event(e: ApiEvent): void {
    switch (e.type) {
      case 'streams':
        void this.streams.soon()
        break
      case 'active':
        void this.active.load()
        break
      case 'sources':
        void this.sources.load()
        break
      case 'settings':
        void this.preferences.remote.load()
        break
      case 'walls':
        void this.walls.load()
        break
      case 'offsets':
        void this.offsets.remote.load()
        break
      case 'schedule':
        void this.schedule.load()
        void this.rules.remote.load()
        break
      case 'screens':
        // In the window, all commands arrive here.
        if (e.order?.screen === this.screen) this.onOrder(e.order)
        else if (!e.order && this.remoteAccess.value?.available) void this.remoteAccess.load()
        break
      case 'notice':
        if (e.notice) this.#notice(e.notice)
    }
  }

  #notice(n: Notice): void {
    if (n.kind === 'open' && n.event_id) return this.#offer(n.event_id, n.session ?? '', n.message)
    const tones: Record<string, Tone> = {
      session: 'info',
      info: 'info',
      error: 'error',
      ready: 'done',
      done: 'done',
    }
    this.notices.show(tones[n.kind] ?? 'warning', n.message)
  }
}

/** Reports to Gridwall which codecs this page plays, so that the check before a session can warn about others. */
async function reportToServer(client: Client): Promise<void> {
  const types: Record<string, string> = {
    h264: 'video/mp4; codecs="avc1.640028"',
    hevc: 'video/mp4; codecs="hvc1.1.6.L120.90"',
    dolby_vision: 'video/mp4; codecs="dvh1.05.06"',
    av1: 'video/mp4; codecs="av01.0.08M.08"',
    vp9: 'video/mp4; codecs="vp09.00.40.08"',
    aac: 'audio/mp4; codecs="mp4a.40.2"',
    mp3: 'audio/mp4; codecs="mp4a.40.34"',
    ac3: 'audio/mp4; codecs="ac-3"',
    eac3: 'audio/mp4; codecs="ec-3"',
    opus: 'audio/mp4; codecs="opus"',
    flac: 'audio/mp4; codecs="flac"',
  }
  if (!('MediaSource' in window)) return
  const plays = Object.keys(types).filter((c) => MediaSource.isTypeSupported(types[c] ?? ''))
  await client.reportCodecs({ plays })
}

/** Reports to the window which codecs its webview plays, because only the webview knows. */
async function reportToWindow(shell: Shell): Promise<void> {
  if (!('MediaSource' in window)) return shell.reportCodecs(false, false)
  const plays = (type: string) => MediaSource.isTypeSupported(type)
  return shell.reportCodecs(plays('video/mp4; codecs="avc1.640028"'), plays('audio/mp4; codecs="mp4a.40.2"'))
}

const KEY = Symbol('app')
export function provideApp(app: App): App {
  provideKeys(() => app.preferences.keymap)
  return setContext(KEY, app)
}
export const useApp = (): App => getContext<App>(KEY)
