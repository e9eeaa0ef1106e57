// Finds the statements of a TOML text. It expects valid TOML (see edit.ts): on other texts it throws, or returns
// wrong statements, which the check after each edit refuses.

/** A key = value, with the offsets of its parts in the text. */
export interface Pair {
  kind: 'pair'
  /** As written, without its table. */
  key: string[]
  start: number
  /** After the line break. */
  end: number
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
  /** The comment after the value, with its #; "" if there is none. */
  comment: string
}

/** A [table] or an [[array]] of tables. */
export interface Header {
  kind: 'table' | 'array'
  key: string[]
  start: number
  end: number
}

export interface Filler {
  kind: 'blank' | 'comment'
  start: number
  end: number
}

export type Statement = Pair | Header | Filler

class Scanner {
  #at = 0

  constructor(readonly text: string) {}

  run(): Statement[] {
    const out: Statement[] = []
    if (this.text.startsWith('\ufeff')) this.#at = 1
    while (this.#at < this.text.length) out.push(this.#statement())
    return out
  }

  #statement(): Statement {
    const start = this.#at
    this.#space()
    const c = this.text[this.#at]
    if (c === '#') {
      this.#comment()
      return { kind: 'comment', start, end: this.#line() }
    }
    if (c === '[') return this.#header(start)
    if (c === undefined || c === '\n' || c === '\r') return { kind: 'blank', start, end: this.#line() }
    const keyStart = this.#at
    const { key, end: keyEnd } = this.#key()
    this.#take('=')
    this.#space()
    const valueStart = this.#at
    const valueEnd = this.#value()
    this.#space()
    const comment = this.#comment()
    return { kind: 'pair', key, start, keyStart, keyEnd, valueStart, valueEnd, comment, end: this.#line() }
  }

  #header(start: number): Header {
    const array = this.text.startsWith('[[', this.#at)
    this.#at += array ? 2 : 1
    this.#space()
    const { key } = this.#key()
    this.#take(array ? ']]' : ']')
    this.#space()
    this.#comment()
    return { kind: array ? 'array' : 'table', key, start, end: this.#line() }
  }

  #space(): void {
    while (this.text[this.#at] === ' ' || this.text[this.#at] === '\t') this.#at++
  }

  #comment(): string {
    if (this.text[this.#at] !== '#') return ''
    const start = this.#at
    const end = this.text.indexOf('\n', start)
    this.#at = end < 0 ? this.text.length : end
    if (this.text[this.#at - 1] === '\r' && end >= 0) this.#at--
    return this.text.slice(start, this.#at)
  }

  /** Skips the line break and returns where the next line begins. */
  #line(): number {
    if (this.text[this.#at] === '\r') this.#at++
    if (this.#at < this.text.length) this.#take('\n')
    return this.#at
  }

  #take(what: string): void {
    if (!this.text.startsWith(what, this.#at))
      throw new Error(`${JSON.stringify(what)} is missing at ${this.#at}`)
    this.#at += what.length
  }

  /** Reads a dotted key. `end` is the offset after it; #at is after the white space that follows. */
  #key(): { key: string[]; end: number } {
    const key: string[] = []
    for (;;) {
      const c = this.text[this.#at]
      const start = this.#at
      if (c === '"' || c === "'") {
        this.#string()
        const raw = this.text.slice(start, this.#at)
        key.push(c === "'" ? raw.slice(1, -1) : unescape(raw.slice(1, -1)))
      } else {
        while (/[A-Za-z0-9_-]/.test(this.text[this.#at] ?? '')) this.#at++
        if (this.#at === start) throw new Error(`a key is missing at ${start}`)
        key.push(this.text.slice(start, this.#at))
      }
      const end = this.#at
      this.#space()
      if (this.text[this.#at] !== '.') return { key, end }
      this.#at++
      this.#space()
    }
  }

  /** Skips a string of any of the four forms. */
  #string(): void {
    const quote = this.text[this.#at] ?? ''
    const long = this.text.startsWith(quote.repeat(3), this.#at)
    const close = long ? quote.repeat(3) : quote
    this.#at += close.length
    while (!this.text.startsWith(close, this.#at)) {
      if (this.#at >= this.text.length) throw new Error('a string does not end')
      this.#at += quote === '"' && this.text[this.#at] === '\\' ? 2 : 1
    }
    this.#at += close.length
    // A multi-line string may end with one or two quotes of its own.
    for (let more = 0; long && more < 2 && this.text[this.#at] === quote; more++) this.#at++
  }

  /** Skips a value and returns where it ends. */
  #value(): number {
    const c = this.text[this.#at]
    if (c === '"' || c === "'") {
      this.#string()
      return this.#at
    }
    if (c === '[' || c === '{') return this.#nested()
    const start = this.#at
    while (this.#at < this.text.length && !'#\r\n'.includes(this.text[this.#at] ?? '')) this.#at++
    return start + this.text.slice(start, this.#at).trimEnd().length
  }

  #nested(): number {
    let depth = 0
    do {
      const c = this.text[this.#at]
      if (c === undefined) throw new Error('a list does not end')
      if (c === '"' || c === "'") this.#string()
      else if (c === '#') this.#comment()
      else {
        if (c === '[' || c === '{') depth++
        if (c === ']' || c === '}') depth--
        this.#at++
      }
    } while (depth > 0)
    return this.#at
  }
}

function unescape(s: string): string {
  const short: Record<string, string> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' }
  return s.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)/g, (_, e: string) =>
    e.length > 1 ? String.fromCodePoint(parseInt(e.slice(1), 16)) : (short[e] ?? e),
  )
}

/** The statements of a text in order; together they are the whole text (except for a byte order mark). */
export const scan = (text: string): Statement[] => new Scanner(text).run()
