import { tick, untrack } from 'svelte'
import { asApiError, messageOf, type ScreenReport } from '../../api'
import { cut } from '../../grid/text'
import { everySecond } from '../../player/ticker'
import type { App } from '../app.svelte'
import type { Wall } from '../wall.svelte'
import { carryOut, type Order } from './orders'
import { screenName } from './screen-name'

/** How long after a change the state is reported, in ms; several changes are reported together. */
const SOON = 150
/** How often the state is reported without a change, in ms. The server forgets a screen after 15 s. */
const HEARTBEAT = 5_000
/** When a report that the server refused or did not receive is repeated, in ms. */
const AGAIN = 1_000
/** How long the server waits for an acknowledgement, in ms. */
const ANSWER_WAIT = 5_000
/** The most characters of an acknowledgement's error, and acknowledgements in one report. */
const MOST_ERROR = 300
const MOST_ACKNOWLEDGED = 16

interface Acknowledgement {
  command: string
  error?: string
}

const random = () => Math.random().toString(36).slice(2, 14)
const hundredths = (v: number | null) => (v === null ? null : Math.round(v * 100) / 100)
const KEY = 'gridwall.screen'

/** The id that this page had before it was reloaded, or a new one. */
export function screenID(window: boolean): string {
  if (window) return 'window'
  try {
    const id = sessionStorage.getItem(KEY) ?? random()
    sessionStorage.setItem(KEY, id)
    return id
  } catch {
    return random() // the browser blocks storage
  }
}

/** A new id, because another page has this one: a duplicated tab copies the storage of its original. */
export function otherScreenID(): string {
  const id = random()
  try {
    sessionStorage.setItem(KEY, id)
  } catch {
    // The browser blocks storage.
  }
  return id
}

/** Lets remotes see and control this page's wall: reports its state, and carries out commands. */
export class ScreenLink {
  #app: App
  #wall: Wall
  #page = random()
  #timer: ReturnType<typeof setTimeout> | undefined
  #lastAt = 0
  /** Commands are carried out one after the other. */
  #queue: Promise<void> = Promise.resolve()
  /** The acknowledgements that the server has not received, and until when it waits for them. */
  #due: { done: Acknowledgement; until: number }[] = []
  #left = false

  constructor(app: App, wall: Wall) {
    this.#app = app
    this.#wall = wall
  }

  /** Call within an effect root. Returns a function that ends it. */
  follow(): () => void {
    $effect(() => {
      // Makes the effect depend on everything in the report except the positions in time.
      this.#report()
      if (!this.#wall.ready || !this.#app.connected) return
      untrack(() => this.#soon())
    })
    this.#app.onOrder = (order) => {
      this.#queue = this.#queue.then(() => this.#carryOut(order))
    }
    const offTick = everySecond((now) => now - this.#lastAt >= HEARTBEAT && this.#soon())
    return () => {
      offTick()
      clearTimeout(this.#timer)
      this.leave()
    }
  }

  /** The page is being left. */
  leave(): void {
    if (this.#left) return
    this.#left = true
    clearTimeout(this.#timer)
    void this.#delete()
  }
  async #delete(): Promise<void> {
    try {
      await this.#app.client.deleteScreen(this.#app.screen, this.#page)
    } catch {
      // Without this request, the server forgets the screen after a while.
    }
  }
  /** The page came back from the back/forward cache. */
  comeBack(): void {
    this.#left = false
    this.#soon()
  }

  #soon(after = SOON): void {
    this.#timer ??= setTimeout(() => void this.#send(), after)
  }

  async #carryOut(order: Order): Promise<void> {
    let error: string | undefined
    try {
      await carryOut(this.#app, this.#wall, order)
    } catch (thrown) {
      error = cut(messageOf(thrown), MOST_ERROR)
    }
    await tick()
    const done = { command: order.id, ...(error !== undefined && { error }) }
    this.#due.push({ done, until: Date.now() + ANSWER_WAIT })
    await this.#send()
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#left || !this.#wall.ready || !this.#app.connected) return
    const now = (this.#lastAt = Date.now())
    const due = this.#due.filter((d) => d.until > now).slice(-MOST_ACKNOWLEDGED)
    this.#due = []
    const report = { ...untrack(() => this.#report()), acknowledged: due.map((d) => d.done) }
    try {
      await this.#app.client.putScreen(this.#app.screen, report)
    } catch (thrown) {
      const { code } = asApiError(thrown)
      if (code === 'taken') {
        this.#app.renameScreen(otherScreenID())
        this.#soon()
        return
      }
      // Otherwise, the next report repeats the state: the server does not respond, or does not know screens.
      this.#due.unshift(...due)
      if (due.length > 0 || code === 'too_many') this.#soon(AGAIN)
    }
  }

  #report(): ScreenReport {
    const { tiles, arrangement, sound, saved, focused, delay } = this.#wall
    return {
      page: this.#page,
      name: screenName(this.#app.shell.window),
      wall: saved.name,
      layout: arrangement.shown,
      sound: sound.mix ? 'mix' : sound.stays ? 'pinned' : 'focus',
      muted: sound.muted,
      delay: delay.seconds,
      focused: focused ? tiles.indexOf(focused) + 1 : 0,
      tiles: tiles.map((t, i) => ({
        place: i + 1,
        stream_id: t.id,
        title: t.title,
        state: t.player.status,
        muted: t.player.muted,
        volume: t.player.volume,
        behind_live: untrack(() => hundredths(t.player.stats.behind)),
      })),
    }
  }
}
