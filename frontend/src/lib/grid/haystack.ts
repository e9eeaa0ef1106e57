// Texts that are searched at every key press. Pure.

/**
 * Many short texts, joined into one string. JavaScript searches megabytes in one string within a few milliseconds, but
 * needs fifty for 50,000 separate strings.
 */
export class Haystack {
  #text: string
  /** The offset of each text, and of the end. */
  #starts: Uint32Array

  constructor(texts: readonly string[]) {
    this.#text = texts.join('\n')
    this.#starts = new Uint32Array(texts.length + 1)
    let at = 0
    texts.forEach((text, i) => (this.#starts[i + 1] = at += text.length + 1))
  }

  /** A mark for each text, 1 if it contains every word. A word contains no white space. */
  find(words: readonly string[]): Uint8Array {
    const starts = this.#starts
    const size = starts.length - 1
    let hits = new Uint8Array(size).fill(1)
    for (const word of words) {
      const both = new Uint8Array(size)
      let i = 0
      for (let at = this.#text.indexOf(word); at >= 0; at = this.#text.indexOf(word, at)) {
        while ((starts[i + 1] ?? Infinity) <= at) i++
        if (i >= size) break
        both[i] = hits[i] ?? 0
        at = starts[++i] ?? Infinity
      }
      hits = both
    }
    return hits
  }
}
