// WebAudio, for what an element cannot do itself: sound on the left or the right. An element that is connected once gives its sound
// to the graph for good, so it is connected only when that is needed.

/** How fast a level changes, in s, so that it does not click. */
const SMOOTH = 0.02

/** The page's AudioContext. Browsers start one only after a click or a key. */
class Graph {
  #context: AudioContext | undefined
  #waiting: ((context: AudioContext) => void)[] = []

  /** Calls once the context runs, which may be never. Returns a function that stops waiting. */
  whenRunning(call: (context: AudioContext) => void): () => void {
    const context = this.#start()
    if (context?.state === 'running') call(context)
    else this.#waiting.push(call)
    return () => (this.#waiting = this.#waiting.filter((w) => w !== call))
  }

  #start(): AudioContext | undefined {
    if (this.#context || typeof AudioContext === 'undefined') return this.#context
    const context = new AudioContext()
    this.#context = context
    const resume = () => {
      if (context.state !== 'running') void context.resume().catch(() => undefined)
    }
    for (const gesture of ['pointerup', 'keydown']) document.addEventListener(gesture, resume, true)
    context.addEventListener('statechange', () => {
      if (context.state !== 'running') return
      const calls = this.#waiting
      this.#waiting = []
      calls.forEach((call) => call(context))
    })
    resume()
    return context
  }
}

const graph = new Graph()
const taps = new WeakMap<HTMLMediaElement, Tap>()

/** What is heard of an element through the graph. */
export interface Side {
  /** What the element itself has to do: give all of its sound to the graph, be silent, or be heard as without the graph. */
  readonly element: 'routed' | 'silent' | 'heard'
  /** Whether it can be closed while the element plays on. */
  readonly temporary: boolean
  /** Sets what is heard: a level from 0 to 1, and −1 (left) to 1 (right). */
  set(level: number, pan: number): void
  close(): void
}

/** The sound of one element within the graph. */
export class Tap implements Side {
  readonly element = 'routed'
  readonly temporary = false
  readonly context: AudioContext
  /** The sound as it is decoded, whatever is heard of it. */
  readonly source: AudioNode
  #panner: StereoPannerNode
  #gain: GainNode

  constructor(context: AudioContext, element: HTMLMediaElement) {
    this.context = context
    this.source = context.createMediaElementSource(element)
    this.#panner = context.createStereoPanner()
    this.#gain = context.createGain()
    this.#gain.gain.value = 0
    this.source.connect(this.#panner).connect(this.#gain).connect(context.destination)
  }

  set(level: number, pan: number): void {
    const now = this.context.currentTime
    this.#gain.gain.setTargetAtTime(level, now, SMOOTH)
    this.#panner.pan.setTargetAtTime(pan, now, SMOOTH)
  }

  close(): void {
    this.source.disconnect()
    this.#panner.disconnect()
    this.#gain.disconnect()
  }
}

/** The tap of an element that has one already. */
export const tapOf = (element: HTMLMediaElement): Tap | undefined => taps.get(element)

/**
 * Connects an element to the graph as soon as the page may play sound, and calls with its tap. Returns a function that stops
 * waiting. If the browser refuses, the element stays as it is.
 */
export function connect(element: HTMLMediaElement, call: (tap: Tap) => void): () => void {
  return graph.whenRunning((context) => {
    let tap = taps.get(element)
    try {
      if (!tap) taps.set(element, (tap = new Tap(context, element)))
    } catch {
      return
    }
    call(tap)
  })
}

/** Calls with the page's AudioContext as soon as it runs. Returns a function that stops waiting. */
export const whenRunning = (call: (context: AudioContext) => void): (() => void) => graph.whenRunning(call)

let panning: Promise<boolean> | undefined
/** Whether this browser can move sound to one side: it is tried, without a sound. */
export const canPan = (): Promise<boolean> => (panning ??= tryPanning().catch(() => false))

async function tryPanning(): Promise<boolean> {
  if (typeof OfflineAudioContext === 'undefined' || typeof MediaElementAudioSourceNode === 'undefined')
    return false
  const frames = 256
  const context = new OfflineAudioContext(2, frames, 44_100)
  const source = context.createConstantSource()
  const panner = context.createStereoPanner()
  panner.pan.value = -1
  source.connect(panner).connect(context.destination)
  source.start()
  const rendered = await context.startRendering()
  const [left = 0, right = 1] = [0, 1].map((c) => rendered.getChannelData(c)[frames - 1])
  return left > 0.5 && Math.abs(right) < 0.01
}
