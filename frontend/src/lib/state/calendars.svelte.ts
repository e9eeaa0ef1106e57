import {
  messageOf,
  type CalendarKind,
  type CalendarList,
  type CalendarSetting,
  type CalendarTrial,
  type Client,
} from '../api'
import { settingOf } from '../calendar/kinds'
import { Remote } from './remote.svelte'

type Part = Pick<Client, 'calendars' | 'putCalendars' | 'tryCalendar'>

/** The largest file that is sent, a little below the server's limit for a request. */
export const MAX_FILE = 900_000

/** The configured calendars. Each change is saved at once, as a whole list. */
export class Calendars {
  readonly remote: Remote<CalendarList>
  #client: Part
  #saving = $state(false)
  #error = $state('')

  constructor(client: Part) {
    this.#client = client
    this.remote = new Remote(() => client.calendars())
  }

  get list(): CalendarSetting[] {
    return this.remote.value?.calendars.map(settingOf) ?? []
  }
  get saving(): boolean {
    return this.#saving
  }
  /** Why the last change was refused; "" if it was accepted. */
  get error(): string {
    return this.#error
  }

  /** Adds a calendar, or replaces one. */
  put(setting: CalendarSetting, at: number): Promise<boolean> {
    const list = this.list
    list.splice(at, 1, setting)
    return this.#save(list)
  }
  remove(at: number): Promise<boolean> {
    return this.#save(this.list.filter((_, i) => i !== at))
  }
  /** Moves a calendar before or after its neighbour. For an event in both, the first calendar wins. */
  move(at: number, by: 1 | -1): Promise<boolean> {
    const list = this.list
    const [one] = list.splice(at, 1)
    if (one) list.splice(at + by, 0, one)
    return this.#save(list)
  }
  reset(): Promise<boolean> {
    return this.#save([], true)
  }
  draft(at: number): Draft {
    return new Draft(this.#client, this.list[at])
  }

  async #save(calendars: CalendarSetting[], reset = false): Promise<boolean> {
    this.#saving = true
    try {
      this.remote.set(await this.#client.putCalendars(reset ? { calendars, reset } : { calendars }))
      this.#error = ''
      return true
    } catch (thrown) {
      this.#error = messageOf(thrown)
      return false
    } finally {
      this.#saving = false
    }
  }
}

/** A calendar that is being added or edited. It is tested before it is saved. */
export class Draft {
  kind = $state<CalendarKind>('f1calendar')
  /** A link or a path. */
  where = $state('')
  series = $state('')
  name = $state('')
  color = $state('')
  /** The name of the chosen file. */
  file = $state('')
  readonly fresh: boolean
  #client: Pick<Client, 'tryCalendar'>
  #text = $state.raw('')
  #copy = $state('')
  #trial = $state.raw<CalendarTrial | undefined>(undefined)
  #tried = $state('')
  #error = $state('')
  #busy = $state(false)

  constructor(client: Pick<Client, 'tryCalendar'>, from?: CalendarSetting) {
    this.#client = client
    this.fresh = from === undefined
    if (!from) return
    this.kind = from.kind
    this.where = from.url ?? from.path ?? ''
    this.series = from.series ?? ''
    this.name = from.name ?? ''
    this.color = from.color ?? ''
    this.#copy = from.copy ?? ''
    this.file = from.copy ? 'the chosen file' : ''
    this.#tried = this.#source
  }

  get setting(): CalendarSetting {
    const out: CalendarSetting = { kind: this.kind }
    const where = this.where.trim()
    if (this.kind === 'ics' && this.#text !== '') out.text = this.#text
    else if (this.kind === 'ics' && this.#copy !== '') out.copy = this.#copy
    else if (where !== '') out[/^\w+:\/\//.test(where) ? 'url' : 'path'] = where
    if (this.kind !== 'jolpica' && this.series.trim() !== '') out.series = this.series.trim()
    if (this.name.trim() !== '') out.name = this.name.trim()
    if (this.color !== '') out.color = this.color
    return out
  }
  /** The fields that decide which events it contains. */
  get #source(): string {
    return JSON.stringify({ ...this.setting, name: '', color: '' })
  }
  /** Whether it needs no test: it was tested as it is, or only its name and colour have changed. */
  get tried(): boolean {
    return this.#tried === this.#source
  }
  /** The result of the test; undefined if the current form was not tested. */
  get trial(): CalendarTrial | undefined {
    return this.tried ? this.#trial : undefined
  }
  get error(): string {
    return this.#error
  }
  get busy(): boolean {
    return this.#busy
  }
  /** Whether there is enough to test. */
  get ready(): boolean {
    return this.kind !== 'ics' || this.where.trim() !== '' || this.#text !== '' || this.#copy !== ''
  }

  /** Changes the kind, and clears the fields of the old one. */
  setKind(kind: CalendarKind): void {
    this.kind = kind
    this.where = ''
    this.series = ''
    this.forgetFile()
  }
  forgetFile(): void {
    this.#text = this.#copy = this.file = ''
  }

  /** Reads a file and tests it. */
  async choose(file: File): Promise<void> {
    if (file.size > MAX_FILE) {
      this.#error =
        'The file is larger than 0.9 MB. Enter its path instead, and Gridwall reads it from there.'
      return
    }
    this.#text = await file.text()
    this.#copy = ''
    this.file = file.name
    this.where = ''
    if (this.name === '') this.name = file.name.replace(/\.ics$/i, '').slice(0, 60)
    await this.try()
  }

  async try(): Promise<void> {
    if (this.#busy || !this.ready) return
    this.#busy = true
    this.#error = ''
    const source = this.#source
    try {
      this.#trial = await this.#client.tryCalendar(this.setting)
      this.#tried = source
    } catch (thrown) {
      this.#error = messageOf(thrown)
    }
    this.#busy = false
  }
}
