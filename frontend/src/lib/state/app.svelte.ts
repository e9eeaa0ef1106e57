import { getContext, setContext } from 'svelte'
import { connect, messageOf, type About, type ActiveList, type Client, type Layouts } from '../api'
import type { ApiEvent, Notice, Schedule, SourceList, StreamList } from '../api'
import { openShell, type Command, type Shell, type ShellState } from '../shell/shell'
import { Clock } from './clock.svelte'
import { Notices, type Tone } from './notices.svelte'
import { Preferences } from './preferences.svelte'
import { Remote } from './remote.svelte'
import { Route, type Page } from './route.svelte'

/** All that the pages share. It is built once, in main.ts, and reaches components by context. */
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
  /** Read once; who changes the layouts (the wall) saves them by client.putLayouts. */
  readonly layouts: Remote<Layouts>
  readonly shellState: Remote<ShellState>
  #connected = $state(true)
  #hidden = $state(false)

  constructor(client: Client = connect(), shell: Shell = openShell()) {
    this.client = client
    this.shell = shell
    this.preferences = new Preferences(client, this.notices)
    this.schedule = new Remote(() => client.schedule())
    this.streams = new Remote(() => client.streams(true))
    this.active = new Remote(() => client.active())
    this.sources = new Remote(() => client.sources())
    this.about = new Remote(() => client.about())
    this.layouts = new Remote(() => client.layouts())
    this.shellState = new Remote(() => shell.state())
  }

  /** false while the server does not answer. */
  get connected(): boolean {
    return this.#connected
  }
  /** Whether the window is hidden in the tray: pictures stop, tokens stay fresh. */
  get hidden(): boolean {
    return this.#hidden
  }

  /** Starts everything that goes on by itself; returns what ends it. */
  start(): () => void {
    const ends = [
      this.route.listen(),
      this.preferences.followSystem(),
      this.shell.onCommand((c) => this.obey(c)),
      this.client.subscribe({ event: (e) => this.#event(e), connected: (up) => this.#connection(up) }),
    ]
    this.clock.start()
    void reportCodecs(this.shell)
      .catch(() => undefined)
      .then(() => this.shellState.load())
    void this.shell.ready().then((waiting) => waiting.forEach((c) => this.obey(c)))
    return () => {
      ends.forEach((end) => end())
      this.clock.stop()
    }
  }

  /** Fetches all that is shown anew. */
  refetch(): void {
    for (const r of [
      this.preferences.remote,
      this.schedule,
      this.streams,
      this.active,
      this.sources,
      this.about,
    ])
      void r.load()
  }

  obey(c: Command): void {
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
      case 'page':
        if (c.page) this.route.go(c.page as Page)
    }
  }

  /** Runs an action and tells how it went: `done` after it, or what went wrong. Returns whether it went well. */
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

  #connection(up: boolean): void {
    this.#connected = up
    if (up) {
      this.refetch()
      if (this.layouts.value === undefined) void this.layouts.load()
    }
  }

  #event(e: ApiEvent): void {
    switch (e.type) {
      case 'streams':
        void this.streams.load()
        break
      case 'active':
        void this.active.load()
        break
      case 'sources':
        void this.sources.load()
        break
      case 'schedule':
        void this.schedule.load()
        break
      case 'notice':
        if (e.notice) this.#notice(e.notice)
    }
  }

  #notice(n: Notice): void {
    const tones: Record<string, Tone> = { session: 'info', info: 'info', error: 'error' }
    this.notices.show(tones[n.kind] ?? 'warning', n.message)
  }
}

/** Tells the window what its webview can play: it knows best. */
async function reportCodecs(shell: Shell): Promise<void> {
  if (!('MediaSource' in window)) return shell.reportCodecs(false, false)
  const plays = (type: string) => MediaSource.isTypeSupported(type)
  return shell.reportCodecs(plays('video/mp4; codecs="avc1.640028"'), plays('audio/mp4; codecs="mp4a.40.2"'))
}

const KEY = Symbol('app')
export const provideApp = (app: App): App => setContext(KEY, app)
export const useApp = (): App => getContext<App>(KEY)
