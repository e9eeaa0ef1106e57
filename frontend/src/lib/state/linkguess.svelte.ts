import { messageOf, type Client, type Guess } from '../api'
import { badKey } from '../sources/kinds'
import { readForm } from '../sources/form'
import { setValue } from '../toml/edit'

/** A pasted link, and the source that was found for it and is not saved yet. */
export class LinkGuess {
  #client: Client
  #taken: () => string[]
  #url = $state('')
  #running = $state(false)
  #startedAt = $state(0)
  #guess = $state.raw<Guess | undefined>(undefined)
  #text = $state('')
  #key = $state('')
  #error = $state('')
  #run = 0

  /** taken returns the keys in use. */
  constructor(client: Client, taken: () => string[]) {
    this.#client = client
    this.#taken = taken
  }

  get url(): string {
    return this.#url
  }
  set url(url: string) {
    this.#url = url
  }
  get running(): boolean {
    return this.#running
  }
  get startedAt(): number {
    return this.#startedAt
  }
  get guess(): Guess | undefined {
    return this.#guess
  }
  /** Why no source was found for the link. */
  get error(): string {
    return this.#error
  }
  /** The proposed file, with the changed name and key. */
  get text(): string {
    return this.#text
  }
  get key(): string {
    return this.#key
  }
  get keyProblem(): string {
    return badKey(this.#key, this.#taken())
  }
  get name(): string {
    const read = readForm(this.#text)
    return 'form' in read ? read.form.text.name : ''
  }
  /** The host of the link, to show to the user. */
  get host(): string {
    try {
      return new URL(this.#url).host
    } catch {
      return this.#url
    }
  }
  /** Whether the link was refused because its host is on a private network. */
  get isPrivate(): boolean {
    return this.#error.includes('allow_private')
  }

  rename(name: string): void {
    this.#text = setValue(this.#text, ['name'], name)
  }
  rekey(key: string): void {
    this.#key = key
    this.#text = setValue(this.#text, ['key'], key)
  }

  async find(): Promise<void> {
    const url = tidyLink(this.#url)
    if (url === '') return
    this.#url = url
    this.forget()
    const run = ++this.#run
    this.#running = true
    this.#startedAt = Date.now()
    try {
      const guess = await this.#client.guessSource({ url })
      if (run !== this.#run) return
      this.#guess = guess
      this.#text = guess.text
      this.#key = guess.key
    } catch (thrown) {
      if (run !== this.#run) return
      this.#error = messageOf(thrown)
    }
    this.#running = false
  }

  /** Cancels a running search, or clears its result; the link stays in the field. */
  forget(): void {
    this.#run++
    this.#running = false
    this.#guess = undefined
    this.#text = ''
    this.#key = ''
    this.#error = ''
  }

  clear(): void {
    this.forget()
    this.#url = ''
  }
}

/** Normalises a pasted link: removes quotes and adds a missing scheme. */
export function tidyLink(pasted: string): string {
  const url = pasted.replace(/^[<"'\s]+|[>"'\s]+$/g, '')
  const withPort = /^[^/?#]*:\d+([/?#]|$)/.test(url)
  if (url === '' || (/^[a-z][a-z0-9+.-]*:/i.test(url) && !withPort)) return url
  // An address with a port or an IP address is usually a server on the home network, rarely with HTTPS.
  return (withPort || /^[\d.]+([/?#]|$)/.test(url) ? 'http://' : 'https://') + url
}
