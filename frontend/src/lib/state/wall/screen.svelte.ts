import { tick, untrack } from 'svelte'
import { asApiError, messageOf, type ScreenReport } from '../../api'
import { everySecond } from '../../player/ticker'
import type { App } from '../app.svelte'
import type { Wall } from '../wall.svelte'
import { carryOut, type Order } from './orders'
import { screenName } from './screen-name'

/** How long after a change the state is reported, in ms; several changes are reported together. */
const SOON = 150
/** How often the state is reported without a change, in ms. The server forgets a screen after 15 s. */
const HEARTBEAT = 5_000

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
    void this.#call(() => this.#app.client.deleteScreen(this.#app.screen, this.#page))
  }
  /** The page came back from the back/forward cache. */
  comeBack(): void {
    this.#left = false
    this.#soon()
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => void this.#send([]), SOON)
  }

  async #carryOut(order: Order): Promise<void> {
    let error: string | undefined
    try {
      await carryOut(this.#app, this.#wall, order)
    } catch (thrown) {
      error = messageOf(thrown)
    }
    await tick()
    await this.#send([{ command: order.id, ...(error !== undefined && { error }) }])
  }

  async #send(acknowledged: NonNullable<ScreenReport['acknowledged']>): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#left || !this.#wall.ready || !this.#app.connected) return
    this.#lastAt = Date.now()
    const report = { ...untrack(() => this.#report()), acknowledged }
    await this.#call(async () => {
      try {
        await this.#app.client.putScreen(this.#app.screen, report)
      } catch (thrown) {
        if (asApiError(thrown).code !== 'taken') throw thrown
        this.#app.renameScreen(otherScreenID())
        this.#soon()
      }
    })
  }

  /** A failed report is repeated by the next one. */
  async #call(what: () => Promise<unknown>): Promise<void> {
    try {
      await what()
    } catch {
      // The server does not respond, or does not know screens.
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
