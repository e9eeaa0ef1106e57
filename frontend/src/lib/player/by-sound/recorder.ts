import type { Tap } from '../audio-graph'
import { RATE } from './correlate'
import worklet from './envelope.worklet.js?url'

/** How much is kept, in s. */
const KEEP = 50

/** What was heard, by media time. */
export class Envelope {
  #values = new Map<number, number>()
  #last = -Infinity

  /** Adds values, of which the last ends at a media time (s), at a playback rate. */
  add(values: readonly number[], end: number, rate = 1): void {
    const last = end * RATE
    // After a seek back, or with another media time, what was there before does not count.
    if (last < this.#last - RATE || last > this.#last + KEEP * RATE) this.#values.clear()
    values.forEach((v, i) => {
      const at = last - (values.length - 1 - i) * rate
      this.#values.set(Math.round(at), v)
    })
    this.#last = last
    for (const at of this.#values.keys()) {
      if (at >= last - KEEP * RATE) break
      this.#values.delete(at)
    }
  }

  /** The last seconds, and the media time of the first value; undefined if there are fewer. */
  part(seconds: number): { from: number; values: Float32Array } | undefined {
    const from = Math.floor(this.#last) - seconds * RATE
    const values = new Float32Array(seconds * RATE)
    let [known, before] = [0, 0]
    for (let i = 0; i < values.length; i++) {
      const v = this.#values.get(from + i)
      if (v !== undefined) known++
      values[i] = before = v ?? before
    }
    return known < values.length * 0.85 ? undefined : { from: from / RATE, values }
  }
}

const modules = new WeakMap<BaseAudioContext, Promise<void>>()

/** Records the envelope of an element's tap. Returns a function that ends it. */
export function record(tap: Tap, video: HTMLVideoElement, into: Envelope): () => void {
  const { context } = tap
  let module = modules.get(context)
  if (!module) modules.set(context, (module = context.audioWorklet.addModule(worklet)))
  let node: AudioWorkletNode | undefined
  let ended = false
  module.then(
    () => {
      if (ended) return
      // It is silent, but WebKit only runs what leads to the destination.
      node = new AudioWorkletNode(context, 'envelope')
      tap.source.connect(node).connect(context.destination)
      node.port.onmessage = ({ data }: MessageEvent<{ end: number; values: number[] }>) => {
        if (video.paused || video.seeking || video.readyState < 3) return
        const rate = video.playbackRate
        // Both clocks are read at one moment, whenever the message comes.
        into.add(data.values, video.currentTime - (context.currentTime - data.end) * rate, rate)
      }
    },
    () => undefined,
  )
  return () => {
    ended = true
    node?.disconnect()
    if (node) tap.source.disconnect(node)
  }
}
