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

/** The largest file that is sent: the server takes a little more as one request. */
export const MAX_FILE = 900_000

/** The calendars that are set. Each change is saved at once, as a whole list. */
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
  /** Why the last change was refused; "" where it was not. */
  get error(): string {
    return this.#error
  }

  /** Adds a calendar, or puts it in the place of another. */
  put(setting: CalendarSetting, at: number): Promise<boolean> {
    const list = this.list
    list.splice(at, 1, setting)
    return this.#save(list)
  }
  remove(at: number): Promise<boolean> {
    return this.#save(this.list.filter((_, i) => i !== at))
  }
  /** Moves a calendar before or after its neighbour: what stands first names an event that both know. */
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

/** A calendar that is being made or changed. It is tried before it is kept. */
export class Draft {
  kind = $state<CalendarKind>('f1calendar')
  /** A link or a path. */
  where = $state('')
  series = $state('')
  name = $state('')
  color = $state('')
  /** The name of a file that was chosen. */
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
    this.file = from.copy ? 'the copy that is kept' : ''
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
  /** What decides which events it brings. */
  get #source(): string {
    return JSON.stringify({ ...this.setting, name: '', color: '' })
  }
  /** Whether it was tried as it stands, or needs no trial: a name and a colour change no event. */
  get tried(): boolean {
    return this.#tried === this.#source
  }
  /** What the trial brought; undefined while there was none of what stands there now. */
  get trial(): CalendarTrial | undefined {
    return this.tried ? this.#trial : undefined
  }
  get error(): string {
    return this.#error
  }
  get busy(): boolean {
    return this.#busy
  }
  /** Whether there is enough to try. */
  get ready(): boolean {
    return this.kind !== 'ics' || this.where.trim() !== '' || this.#text !== '' || this.#copy !== ''
  }

  /** Takes another kind; what belonged to the old one goes. */
  setKind(kind: CalendarKind): void {
    this.kind = kind
    this.where = ''
    this.series = ''
    this.forgetFile()
  }
  forgetFile(): void {
    this.#text = this.#copy = this.file = ''
  }

  /** Takes a file and tries it. */
  async choose(file: File): Promise<void> {
    if (file.size > MAX_FILE) {
      this.#error = 'The file is larger than 0.9 MB. Write its path instead: then it is read where it lies.'
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
