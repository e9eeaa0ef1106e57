import type { Side } from '../audio-graph'
import { decoder } from '../by-sound/decoder'
import type { SoundHearer } from '../sound-pieces'
import { DecodedSound, type Decoded } from './decoded'
import { AHEAD, EVERY, Follow } from './schedule'

/** How fast a level changes, and how long a piece fades in and out, in s: so that nothing clicks. */
const SMOOTH = 0.02
const FADE = 0.008

/** Lets it hear what has been loaded lately, and what is loaded from now on. Returns a function that ends it. */
export type Listen = (hearer: SoundHearer) => () => void

interface Sounding {
  source: AudioBufferSourceNode
  gain: GainNode
  /** When it ends, by the context's clock. */
  until: number
  piece: Decoded
}

/**
 * Plays the sound of an element on one side, apart from it: WebKitGTK loses the pace of an element whose own sound goes through
 * WebAudio. It plays what was loaded, when the element is there.
 */
export class Panned implements Side {
  readonly temporary = true
  #context: AudioContext
  #video: HTMLVideoElement
  #decoded: DecodedSound
  #follow = new Follow()
  #sounding: Sounding[] = []
  #panner: StereoPannerNode
  #gain: GainNode
  #timer: ReturnType<typeof setInterval>
  #off: () => void
  #changed: () => void
  #covers = false

  /** Calls changed when what the element has to do itself has changed. */
  constructor(context: AudioContext, video: HTMLVideoElement, listen: Listen, changed: () => void) {
    this.#context = context
    this.#video = video
    this.#changed = changed
    this.#decoded = new DecodedSound(decoder(() => context))
    this.#off = listen(this.#decoded)
    this.#panner = context.createStereoPanner()
    this.#gain = context.createGain()
    this.#gain.gain.value = 0
    this.#panner.connect(this.#gain).connect(context.destination)
    this.#timer = setInterval(() => this.#tick(), EVERY)
  }

  /** Without sound for where it is, the element itself is heard, in the middle. */
  get element(): 'silent' | 'heard' {
    return this.#covers ? 'silent' : 'heard'
  }

  /** Sets what is heard: a level from 0 to 1, and −1 (left) to 1 (right). */
  set(level: number, pan: number): void {
    const now = this.#context.currentTime
    this.#gain.gain.setTargetAtTime(this.#covers ? level : 0, now, SMOOTH)
    this.#panner.pan.setTargetAtTime(pan, now, SMOOTH)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#off()
    this.#decoded.restart()
    this.#silence()
    this.#panner.disconnect()
    this.#gain.disconnect()
  }

  #tick(): void {
    const { currentTime: now } = this.#context
    const video = this.#video
    const media = video.currentTime
    const plays = this.#context.state === 'running' && !video.paused && !video.seeking && video.readyState > 2
    // The device lets it be heard later, and the picture does not wait.
    const delay = this.#context.outputLatency || this.#context.baseLatency || 0
    if (this.#follow.at(now, { media: media + delay, plays })) this.#silence()
    this.#sounding = this.#sounding.filter((s) => s.until > now)
    const covers = this.#decoded.between(media, media + EVERY / 1000).length > 0
    if (plays && covers !== this.#covers) {
      this.#covers = covers
      this.#changed()
    }
    if (!plays) return
    for (const piece of this.#decoded.between(media + delay, media + delay + AHEAD))
      if (!this.#sounding.some((s) => s.piece === piece)) this.#start(piece, now)
  }

  #start(piece: Decoded, now: number): void {
    const at = this.#follow.when(piece.start)
    const until = this.#follow.when(piece.end)
    if (at === null || until === null) return
    // It sounds together with the end of the one before, which is the same sound: one fades out as the other fades in.
    const lead = Math.min(FADE, piece.from)
    const begins = Math.max(at - lead, now)
    if (until - begins <= 2 * FADE) return
    const source = this.#context.createBufferSource()
    const gain = this.#context.createGain()
    source.buffer = piece.buffer
    source.connect(gain).connect(this.#panner)
    gain.gain.setValueAtTime(0, begins)
    gain.gain.linearRampToValueAtTime(1, begins + FADE)
    gain.gain.setValueAtTime(1, until - FADE)
    gain.gain.linearRampToValueAtTime(0, until)
    source.start(begins, piece.from + begins - at, until - begins)
    source.onended = () => gain.disconnect()
    this.#sounding.push({ source, gain, until, piece })
  }

  /** Ends what is heard, and what was handed over, without a click. */
  #silence(): void {
    const now = this.#context.currentTime
    for (const { source, gain } of this.#sounding) {
      gain.gain.cancelScheduledValues(now)
      gain.gain.setTargetAtTime(0, now, FADE / 2)
      source.stop(now + 3 * FADE)
    }
    this.#sounding = []
  }
}
