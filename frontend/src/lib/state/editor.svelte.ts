import { asApiError, type Client, type Source } from '../api'
import { problemOf, readForm, type Form, type HeaderTable, type Problem } from '../sources/form'
import type { FollowRow, StreamRow, TextKey, FlagKey } from '../sources/form'
import { badKey, KEY_FORM, keyFor, kindOf, newText, type OwnKey } from '../sources/kinds'
import { addTable, commentOut, removeTable, removeValue, renameKey, setValue } from '../toml/edit'
import { DryRun } from './dryrun.svelte'

/** A source to open in the editor. */
export interface Opened {
  /** The source's key; for a new source "" or a proposal. */
  key: string
  text: string
  /** The saved text; undefined for a new source. */
  saved?: string
  /** Whether the text is only a template, so that closing needs no confirmation. */
  blank?: boolean
  problem?: Problem
  /** An M3U list that is saved as KEY.m3u beside the file. */
  list?: string
}

/** Keys that stay in the text when emptied, so that they keep their position. */
const STAY: readonly string[] = ['name', 'url', 'query']

/** A source in the editor: its text, and a form that reads the text and edits it in place. */
export class SourceEditor {
  readonly isNew: boolean
  readonly dry: DryRun
  #client: Client
  #taken: () => string[]
  #text = $state('')
  #key = $state('')
  #keyChosen: boolean
  /** The text that may be discarded without confirmation. */
  #base = $state('')
  #saving = $state(false)
  #reported = $state.raw<Problem | undefined>(undefined)
  /** The text that #reported refers to. */
  #reportedFor = $state('')
  #refused = $state('')
  #lastForm: Form | undefined
  readonly #list: string | undefined

  constructor(client: Client, taken: () => string[], o: Opened) {
    this.#client = client
    this.#taken = taken
    this.isNew = o.saved === undefined
    this.dry = new DryRun(client)
    this.#text = o.text
    this.#key = o.key
    this.#keyChosen = o.key !== ''
    this.#list = o.list
    this.#base = o.saved ?? (o.blank ? o.text : '')
    if (o.problem) this.#report(o.problem)
  }

  get text(): string {
    return this.#text
  }
  set text(text: string) {
    this.#text = text
    this.#refused = ''
  }
  get key(): string {
    return this.#key
  }
  get saving(): boolean {
    return this.#saving
  }
  get dirty(): boolean {
    return this.#text !== this.#base
  }

  #read = $derived.by(() => readForm(this.#text))
  /** The values of the text; while it has syntax errors, those of the last readable text. */
  get form(): Form | undefined {
    if ('form' in this.#read) this.#lastForm = this.#read.form
    return this.#lastForm
  }
  /** The syntax error that makes the form read-only; undefined if there is none. */
  get unreadable(): Problem | undefined {
    return 'problem' in this.#read ? this.#read.problem : undefined
  }
  /** Why the last change in the form was not applied; "" if it was. */
  get refused(): string {
    return this.#refused
  }
  /** The error to show: the server's for exactly this text, else the parser's, else the server's last one. */
  get problem(): Problem | undefined {
    return this.#reportedFor === this.#text
      ? (this.#reported ?? this.unreadable)
      : (this.unreadable ?? this.#reported)
  }
  /** The line to mark; 0 if none is known or the text has changed since. */
  get markedLine(): number {
    const { problem } = this
    return problem === this.unreadable || this.#reportedFor === this.#text ? (problem?.line ?? 0) : 0
  }
  get keyProblem(): string {
    return this.isNew ? badKey(this.#key, this.#taken()) : ''
  }
  get title(): string {
    const name = this.form?.text.name ?? ''
    return name === '' ? this.#key || 'New source' : name
  }

  set(key: TextKey, value: string): void {
    this.#edit((t) =>
      value === '' && !STAY.includes(key) ? removeValue(t, [key]) : setValue(t, [key], value),
    )
    if (key === 'name' && this.isNew && !this.#keyChosen) this.#rekey(keyFor(value, this.#taken()))
  }
  setFlag(key: FlagKey, on: boolean): void {
    // A default value needs no line.
    const standard = key === 'enabled'
    this.#edit((t) => (on === standard ? removeValue(t, [key]) : setValue(t, [key], on)))
  }
  setKey(key: string): void {
    this.#keyChosen = key !== ''
    this.#rekey(key)
  }
  #rekey(key: string): void {
    // The list is saved under the source's key, which the file refers to.
    if (this.#list !== undefined && this.form?.text.url === `${this.#key}.m3u`)
      this.#edit((t) => setValue(t, ['url'], `${key}.m3u`))
    this.#key = key
    if (this.form?.key !== undefined) this.#edit((t) => setValue(t, ['key'], key))
  }

  /** Changes the kind. Keys that only the old kind has become comments, unless they are empty. */
  setKind(kind: string): void {
    const form = this.form
    if (!form) return
    if (this.isNew && this.#text === this.#base) {
      this.#text = this.#base = newText(kind, form.text.name, form.text.url)
      return
    }
    const keeps: string[] = kindOf(kind)?.keys ?? []
    const drops = (kindOf(form.kind)?.keys ?? []).filter((k) => !keeps.includes(k))
    this.#edit((text) => {
      let t = text
      for (const key of drops) {
        if (!isEmpty(form, key)) t = commentOut(t, key)
        else if (key === 'stream') t = without(t, key, form.streams.length)
        else if (key === 'follow') t = without(t, key, form.follow.length)
        else t = removeValue(t, [key])
      }
      t = setValue(t, ['kind'], kind)
      if (keeps.includes('url') && form.text.url === '') t = setValue(t, ['url'], '')
      if (keeps.includes('stream') && form.streams.length === 0) t = addTable(t, 'stream', { url: '' })
      if (keeps.includes('command') && form.command.length === 0) t = setValue(t, ['command'], [])
      if (keeps.includes('format') && form.text.format === '') t = setValue(t, ['format'], 'yt-dlp')
      return t
    })
  }

  setHeader(table: HeaderTable, name: string, value: string): void {
    this.#edit((t) => setValue(t, [table, name], value))
  }
  renameHeader(table: HeaderTable, from: string, to: string): void {
    const name = to.trim()
    if (name === '') this.removeHeader(table, from)
    else if (name !== from) this.#edit((t) => renameKey(t, [table, from], name))
  }
  removeHeader(table: HeaderTable, name: string): void {
    this.#edit((t) => removeValue(t, [table, name]))
  }

  setStream(n: number, key: keyof StreamRow, value: string): void {
    const stays = key === 'url' || value !== ''
    this.#edit((t) => (stays ? setValue(t, ['stream', n, key], value) : removeValue(t, ['stream', n, key])))
  }
  addStream(): void {
    this.#edit((t) => addTable(t, 'stream', { url: '', title: '' }))
  }
  removeStream(n: number): void {
    this.#edit((t) => removeTable(t, 'stream', n))
  }

  setFollow(n: number, key: keyof FollowRow, value: string): void {
    const stays = key === 'select' || value !== ''
    this.#edit((t) => (stays ? setValue(t, ['follow', n, key], value) : removeValue(t, ['follow', n, key])))
  }
  addFollow(): void {
    this.#edit((t) => addTable(t, 'follow', { select: 'iframe' }))
  }
  removeFollow(n: number): void {
    this.#edit((t) => removeTable(t, 'follow', n))
  }
  /** Writes a single decoding as a string, several as a list. */
  setDecode(steps: string[]): void {
    const value = (steps.length === 1 ? steps[0] : undefined) ?? steps
    this.#edit((t) => (steps.length === 0 ? removeValue(t, ['decode']) : setValue(t, ['decode'], value)))
  }
  setCommand(args: string[]): void {
    this.#edit((t) => setValue(t, ['command'], args))
  }
  setStreamHosts(hosts: string[]): void {
    this.#edit((t) =>
      hosts.length === 0 ? removeValue(t, ['stream_hosts']) : setValue(t, ['stream_hosts'], hosts),
    )
  }

  #edit(change: (text: string) => string): void {
    try {
      this.text = change(this.#text)
    } catch (thrown) {
      this.#refused = thrown instanceof Error ? thrown.message : String(thrown)
    }
  }

  async try(): Promise<void> {
    this.#reported = undefined
    // A new source may be tested before it has a key.
    const key = KEY_FORM.test(this.#key) || !this.isNew ? this.#key : 'new-source'
    const text = this.#text
    await this.dry.start(key, this.title, this.form?.kind ?? '', text, this.#listOf(key))
    if (this.dry.error === '') return
    this.#report(problemOf(this.dry.error), text)
    this.dry.clear()
  }

  /** The list, if the text still refers to it. */
  #listOf(key: string): string | undefined {
    return this.form?.text.url === `${key}.m3u` ? this.#list : undefined
  }

  /** Saves; undefined if that failed, and `problem` says why. */
  async save(): Promise<Source | undefined> {
    if (this.#saving) return undefined
    if (this.keyProblem !== '') {
      this.#report({ message: this.keyProblem, line: 0 })
      return undefined
    }
    this.#saving = true
    this.#reported = undefined
    const text = this.#text
    try {
      if (await this.#changedElsewhere()) return undefined
      const source = await this.#client.putSource(this.#key, { text, list: this.#listOf(this.#key) })
      this.#base = text
      return source
    } catch (thrown) {
      this.#report(problemOf(asApiError(thrown).message), text)
      return undefined
    } finally {
      this.#saving = false
    }
  }

  /** Reports whether the file has changed since it was opened, and says so once: the next save overwrites it. */
  async #changedElsewhere(): Promise<boolean> {
    if (this.isNew || !this.dirty) return false
    let now: string
    try {
      now = (await this.#client.sourceFile(this.#key)).text
    } catch {
      // If the file is gone, saving writes it again. Any other error will occur in the save itself.
      return false
    }
    if (now === this.#base) return false
    this.#base = now
    const message = 'The file was changed elsewhere after you opened it. Save again to overwrite that change.'
    this.#report({ message, line: 0 })
    return true
  }

  #report(problem: Problem, of = this.#text): void {
    this.#reported = problem
    this.#reportedFor = of
  }
}

/** Whether a value is empty, so that nothing is lost without it. */
function isEmpty(form: Form, key: OwnKey): boolean {
  switch (key) {
    case 'stream':
      return form.streams.every((s) => s.url === '')
    case 'follow':
      return form.follow.length === 0
    case 'command':
    case 'decode':
      return form[key].length === 0
    default:
      return form.text[key] === ''
  }
}

function without(text: string, array: string, count: number): string {
  let t = text
  for (let n = count - 1; n >= 0; n--) t = removeTable(t, array, n)
  return t
}
