// Runs in the audio thread: sends the loudness of each hundredth of a second, ten at a time, with the time of the last one.
const RATE = 100
const AT_ONCE = 10

class Envelope extends AudioWorkletProcessor {
  #values = []
  #sum = 0
  #count = 0
  #ends = 0

  process([input]) {
    const length = input[0]?.length ?? 128
    for (let i = 0; i < length; i++) {
      let value = 0
      for (const channel of input) value += channel[i] ?? 0
      this.#sum += value * value
      this.#count++
      if (currentFrame + i >= this.#ends) this.#value(currentFrame + i)
    }
    return true
  }

  #value(frame) {
    this.#values.push(Math.sqrt(this.#sum / Math.max(1, this.#count)))
    this.#sum = this.#count = 0
    this.#ends = (Math.floor((frame * RATE) / sampleRate) + 1) * (sampleRate / RATE)
    if (this.#values.length < AT_ONCE) return
    this.port.postMessage({ end: frame / sampleRate, values: this.#values })
    this.#values = []
  }
}
registerProcessor('envelope', Envelope)
