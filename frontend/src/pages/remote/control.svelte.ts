import { ApiError, messageOf, type Client, type Screen, type ScreenCommand, type ScreenTile } from '$lib/api'
import { Remote } from '$lib/state/remote.svelte'

/** How far the buttons seek, in s. */
export const SEEK = 10

/** The state of the remote: the screens, the one that is controlled, and what it is doing. */
export class Control {
  readonly #client: Client
  readonly #list: Remote<Awaited<ReturnType<Client['screens']>>>
  #chosen = $state('')
  #connected = $state(true)
  #error = $state('')
  #swapping = $state(false)
  #busy = $state(0)

  constructor(client: Client) {
    this.#client = client
    this.#list = new Remote(() => client.screens())
  }

  /** Follows the screens until the returned function is called. */
  start(): () => void {
    const end = this.#client.subscribe({
      event: (e) => {
        if (e.type === 'screens' || e.type === 'walls') void this.#list.load()
      },
      connected: (up) => {
        this.#connected = up
        if (up) void this.#list.load()
      },
    })
    return () => {
      end()
      this.#list.close()
    }
  }

  get loaded(): boolean {
    return this.#list.value !== undefined
  }
  get connected(): boolean {
    return this.#connected
  }
  get screens(): readonly Screen[] {
    return this.#list.value?.screens ?? []
  }
  get walls(): readonly string[] {
    return this.#list.value?.walls ?? []
  }
  /** The screen that is controlled: the chosen one, or the only one. */
  get screen(): Screen | undefined {
    return (
      this.screens.find((s) => s.id === this.#chosen) ??
      (this.screens.length === 1 ? this.screens[0] : undefined)
    )
  }
  get focused(): ScreenTile | undefined {
    return this.screen?.tiles.find((t) => t.place === this.screen?.focused)
  }
  /** The tile whose volume the slider sets: the one that is heard, or the focused one. */
  get heard(): ScreenTile | undefined {
    return this.screen?.tiles.find((t) => !t.muted) ?? this.focused
  }
  get paused(): boolean {
    const tiles = this.screen?.tiles ?? []
    return tiles.length > 0 && tiles.every((t) => t.state === 'paused')
  }
  /** The common delay behind live, in s; null: none. */
  get delay(): number | null {
    return this.screen?.delay ?? null
  }
  /** How far behind live the feed is that is furthest behind, in s; null: unknown. */
  get #behind(): number | null {
    const known = (this.screen?.tiles ?? []).flatMap((t) => t.behind_live ?? [])
    return known.length === 0 ? null : Math.max(...known)
  }
  /** Whether the delay can be changed by steps. */
  get canDelay(): boolean {
    return (this.delay ?? this.#behind) !== null
  }
  /** Changes the delay by half seconds, from what it is or, without one, from where the feeds are. */
  async stepDelay(steps: number): Promise<void> {
    const from = this.delay ?? this.#behind
    if (from !== null) await this.run('delay', { seconds: Math.max(0, Math.round(from * 2 + steps) / 2) })
  }
  /** Why the last command failed; "" if it was carried out. */
  get error(): string {
    return this.#error
  }
  get busy(): boolean {
    return this.#busy > 0
  }
  /** Whether the next tile that is tapped changes places with the focused one. */
  get swapping(): boolean {
    return this.#swapping
  }

  choose(id: string): void {
    this.#chosen = id
    this.#swapping = false
    this.#error = ''
  }

  /** Passes a command to the screen. Returns whether it was carried out. */
  async run(
    command: ScreenCommand['command'],
    args: ScreenCommand['arguments'] = {},
    revision = '',
  ): Promise<boolean> {
    const screen = this.screen
    if (!screen) return false
    this.#chosen = screen.id
    this.#busy++
    try {
      const now = await this.#client.commandScreen(screen.id, {
        command,
        arguments: args,
        ...(revision !== '' && { revision }),
      })
      const list = this.#list.value
      if (list) this.#list.set({ ...list, screens: list.screens.map((s) => (s.id === now.id ? now : s)) })
      this.#error = ''
      return true
    } catch (thrown) {
      const stale = thrown instanceof ApiError && thrown.code === 'stale'
      this.#error = stale ? 'The wall has changed meanwhile. Try again.' : sentence(messageOf(thrown))
      void this.#list.load()
      return false
    } finally {
      this.#busy--
    }
  }

  /** A tile was tapped: focuses it, or swaps it with the focused one. */
  tap(tile: ScreenTile): void {
    const from = this.screen?.focused ?? 0
    if (!this.#swapping) return void this.run('focus', { stream_id: tile.stream_id })
    this.#swapping = false
    if (tile.place !== from) this.swap(from, tile.place)
  }
  /** Swaps the tiles at two places, unless the wall has changed since this page has drawn it. */
  swap(place: number, other: number): void {
    void this.run('swap', { place, with: other }, this.screen?.revision)
  }
  setSwapping(on: boolean): void {
    this.#swapping = on
  }

  find(query: string) {
    return this.#client.screenStreams(query)
  }
}

const sentence = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1).replace(/\.?$/, '.')
