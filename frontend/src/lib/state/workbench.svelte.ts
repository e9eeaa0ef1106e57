import { messageOf, type Client, type Source, type SourceList, type StreamList } from '../api'
import { feeds } from '../sources/health'
import { textOf, TooLarge } from '../sources/decode'
import { problemOf } from '../sources/form'
import { keyFor, kindForURL, newText } from '../sources/kinds'
import { setValue } from '../toml/edit'
import { DryRun } from './dryrun.svelte'
import { SourceEditor, type Opened } from './editor.svelte'
import { LinkGuess } from './linkguess.svelte'
import type { Notices } from './notices.svelte'
import type { Remote } from './remote.svelte'
import type { Route } from './route.svelte'

/** The source file that "Try the demo" writes. */
export const DEMO = 'name = "Demo"\nkind = "demo"\n'

/** The largest source file and list that may be dropped, in bytes; the server's limits are the same. */
const MAX_FILE = 1 << 20
const MAX_LIST = 32 << 20

/** The part of the app that the workbench uses. */
export interface Host {
  readonly client: Client
  readonly notices: Notices
  readonly route: Route
  readonly sources: Remote<SourceList>
  readonly streams: Remote<StreamList>
  act(what: () => Promise<unknown>, done?: string): Promise<boolean>
}

/** The state of the Sources page: running sources, the pasted link and the editor. It is kept while other pages are shown. */
export class Workbench {
  readonly guess: LinkGuess
  /** The dry run of a saved file, in its dialog. */
  readonly dry: DryRun
  #app: Host
  #editor = $state.raw<SourceEditor | undefined>(undefined)
  /** When the runs of sources began, by key, in ms since 1970. */
  #since = $state<Record<string, number>>({})
  #saving = $state(false)

  constructor(app: Host) {
    this.#app = app
    this.guess = new LinkGuess(app.client, this.taken)
    this.dry = new DryRun(app.client)
  }

  get editor(): SourceEditor | undefined {
    return this.#editor
  }
  get saving(): boolean {
    return this.#saving
  }
  /** The keys that are in use. */
  taken = (): string[] => this.#app.sources.value?.sources.map((s) => s.key) ?? []
  /** When this page began the run of a source; undefined if none is running. */
  since(key: string): number | undefined {
    return this.#since[key]
  }

  // Extraction.

  /** Runs a source and shows what it found. `saved` adds to the notice that the source was saved. */
  async run(key: string, name: string, saved = false): Promise<void> {
    if (this.#since[key] !== undefined) return
    this.#since = { ...this.#since, [key]: Date.now() }
    const it = saved ? `Saved ${name}. It` : name
    try {
      const done = await this.#app.client.extract(key)
      await Promise.all([this.#app.sources.load(), this.#app.streams.load()])
      const now = this.#app.sources.value?.sources.find((s) => s.key === key)
      const count = now?.stream_count ?? 0
      const failed = done.failed.find((f) => f.key === key)
      if (failed) this.#app.notices.show('warning', `${it} found nothing: ${failed.error}`)
      else {
        const watch = { label: 'Watch', run: () => this.#app.route.go('watch') }
        this.#app.notices.show(
          'done',
          `${saved ? 'Saved ' : ''}${name}: ${feeds(count)}, ${now?.live_count ?? 0} live.`,
          count > 0 ? watch : undefined,
        )
      }
    } catch (thrown) {
      this.#app.notices.show('error', `${it} could not be run. ${messageOf(thrown)}`)
    } finally {
      this.#since = Object.fromEntries(Object.entries(this.#since).filter(([k]) => k !== key))
    }
  }

  tryFile(s: Source): void {
    void this.dry.start(s.key, s.name, s.kind, '')
  }

  // Files.

  async enable(s: Source, on: boolean): Promise<void> {
    await this.#app.act(async () => this.#put(await this.#app.client.enableSource(s.key, { enabled: on })))
    void this.#app.sources.load()
  }

  #put(changed: Source): void {
    const sources = this.#app.sources.value?.sources ?? []
    this.#app.sources.set({ sources: sources.map((s) => (s.key === changed.key ? changed : s)) })
  }

  /** Deletes a source file and offers to restore its text. */
  async delete(s: Source): Promise<boolean> {
    const { client, notices, sources } = this.#app
    let text = ''
    const gone = await this.#app.act(async () => {
      text = (await client.sourceFile(s.key)).text
      await client.deleteSource(s.key)
    })
    if (!gone) return false
    notices.show('done', `Deleted ${s.name}.`, { label: 'Undo', run: () => void this.#restore(s, text) })
    await sources.load()
    return true
  }

  async #restore(s: Source, text: string): Promise<void> {
    try {
      await this.#app.client.putSource(s.key, { text })
      this.#app.notices.show('done', `Restored ${s.name}.`)
    } catch (thrown) {
      // The server does not accept a file with errors; the editor keeps its text.
      this.open({ key: s.key, text, problem: problemOf(messageOf(thrown)) })
    }
    void this.#app.sources.load()
  }

  // The pasted link.

  /** Saves the source found at the pasted link, and runs it. */
  async saveGuess(): Promise<void> {
    const { key, text, name } = this.guess
    if (this.#saving || this.guess.keyProblem !== '') return
    this.#saving = true
    if (await this.#save(key, text)) {
      this.guess.clear()
      void this.run(key, name === '' ? key : name, true)
    }
    this.#saving = false
  }

  async demo(): Promise<void> {
    this.#saving = true
    const key = keyFor('demo', this.taken())
    if (await this.#save(key, DEMO)) {
      await this.run(key, 'Demo')
      this.#app.route.go('watch')
    }
    this.#saving = false
  }

  #save(key: string, text: string): Promise<boolean> {
    return this.#app.act(async () => {
      await this.#app.client.putSource(key, { text })
      await this.#app.sources.load()
    })
  }

  // The editor.

  open(o: Opened): void {
    this.#editor = new SourceEditor(this.#app.client, this.taken, o)
  }
  openNew(kind: string, url = '', isPrivate = false): void {
    let text = newText(kind, '', url)
    if (isPrivate) text = setValue(text, ['allow_private'], true)
    this.open({ key: '', text, blank: url === '' })
  }
  /** Opens the editor for a link for which the server found no source. */
  byHand(): void {
    const { url, isPrivate } = this.guess
    this.openNew(kindForURL(url), url, isPrivate)
  }
  changeGuess(): void {
    this.open({ key: this.guess.key, text: this.guess.text })
  }
  async openFile(s: Source): Promise<void> {
    await this.#app.act(async () => {
      const { text } = await this.#app.client.sourceFile(s.key)
      // Only an error of the file, not one of a run, belongs to its text.
      const problem = s.error !== null && s.last_run === null ? problemOf(s.error) : undefined
      this.open({ key: s.key, text, saved: text, ...(problem ? { problem } : {}) })
    })
  }
  close(): void {
    this.#editor?.dry.clear()
    this.#editor = undefined
  }
  /** Saves the text of the editor, closes it and runs the source. Returns whether it was saved. */
  async saveEditor(): Promise<boolean> {
    const editor = this.#editor
    const saved = await editor?.save()
    if (!editor || !saved) return false
    if (editor.isNew && this.guess.key === saved.key) this.guess.clear()
    this.close()
    await this.#app.sources.load()
    if (saved.enabled) void this.run(saved.key, saved.name, true)
    else this.#app.notices.show('done', `Saved ${saved.name}. It is switched off.`)
    return true
  }

  // Links and files that are pasted or dropped on the page.

  /** Finds out which source a link needs. */
  paste(link: string): void {
    if (this.#editor)
      return void this.#app.notices.show(
        'warning',
        'Save or close the open editor first, then paste the link again.',
      )
    this.guess.url = link
    void this.guess.find()
  }

  /** Opens a dropped file in the editor and tests it; nothing is stored until it is saved. */
  async drop(file: File): Promise<void> {
    const warn = (text: string) => this.#app.notices.show('warning', text)
    const most = /\.toml$/i.test(file.name) ? MAX_FILE : MAX_LIST
    const name = file.name.replace(/(\.m3u8?)?\.[^.]*$/i, '')
    const key = keyFor(name, this.taken())
    if (!/\.(toml|m3u8?(\.gz)?)$/i.test(file.name))
      return void warn(`${file.name} is not a source. Drop a source file (.toml) or an M3U list.`)
    if (file.size > most) return void warn(`${file.name} is too large. The limit is ${most >> 20} MiB.`)
    if (this.#editor?.dirty)
      return void warn(`Save or close the open editor first, then drop ${file.name} again.`)
    let text: string
    try {
      text = await textOf(file)
    } catch (thrown) {
      if (thrown instanceof TooLarge)
        return void warn(`${file.name} is too large. The limit is ${most >> 20} MiB.`)
      return void warn(`${file.name} cannot be read. Drop a file, not a folder.`)
    }
    if (/\.toml$/i.test(file.name)) this.open({ key, text })
    else {
      // A playlist of a single feed looks like a list, and a list may contain HLS tags, so the server decides.
      const listed = key === '' ? 'list' : key
      this.open({ key: listed, text: newText('m3u', name, `${listed}.m3u`), list: text })
    }
    await this.#editor?.try()
  }
}
