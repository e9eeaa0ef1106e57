import type { Engine, Listener, OpenEngine } from './engine'
import type { VideoOutput } from './video-output.svelte'

/** The current engine and video element, if any. */
export type CurrentEngine = Pick<EngineSlot, 'engine' | 'video'>

/** Holds the current engine, one at a time, and the output that shows it. */
export class EngineSlot {
  #open: OpenEngine
  #output: VideoOutput
  #listener: Listener
  #engine: Engine | undefined
  /** Counts engines, so that one that finishes opening too late is destroyed. */
  #turn = 0

  constructor(open: OpenEngine, output: VideoOutput, listener: Listener) {
    this.#open = open
    this.#output = output
    this.#listener = listener
  }

  get engine(): Engine | undefined {
    return this.#engine
  }
  get video(): HTMLVideoElement | undefined {
    return this.#output.video
  }

  /** Plays this address with a new engine. It never rejects: a failure is reported as trouble. */
  async load(url: string): Promise<void> {
    this.close()
    const turn = this.#turn
    const mine = () => turn === this.#turn
    const to = this.#listener
    try {
      const engine = await this.#open({
        ready: () => mine() && to.ready(),
        changed: () => mine() && to.changed(),
        arrived: (what) => mine() && to.arrived(what),
        sound: (piece) => mine() && to.sound(piece),
        trouble: (t) => mine() && to.trouble(t),
      })
      if (!mine()) return engine.destroy()
      this.#engine = engine
      engine.load(url)
      if (this.video) engine.attach(this.video)
    } catch (thrown) {
      if (!mine()) return
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      to.trouble({ stage: 'codec', fatal: true, status: 0, why, retryIn: null })
    }
  }

  /** Destroys the engine, including one that is still being opened. */
  close(): void {
    this.#turn++
    this.#engine?.destroy()
    this.#engine = undefined
  }

  attach(video: HTMLVideoElement): void {
    this.#output.attach(video)
    this.#engine?.attach(video)
    this.#output.play()
  }

  detach(): void {
    this.#engine?.detach()
    this.#output.detach()
  }
}
