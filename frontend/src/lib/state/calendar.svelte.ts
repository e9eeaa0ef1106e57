import { untrack } from 'svelte'
import type { RaceEvent, Schedule } from '../api'
import {
  edges,
  liveAt,
  nextAt,
  sections,
  seriesOf,
  type Grouping,
  type Section,
  type Slot,
} from '../calendar/season'
import { seriesTones } from '../calendar/colour'
import type { ClockMode } from '../calendar/words'
import type { Clock } from './clock.svelte'
import type { Preferences } from './preferences.svelte'
import type { Remote } from './remote.svelte'

/** Storage keys: hidden series and the grouping are stored permanently, open sections for the browser session. */
const HIDDEN = 'gridwall.calendar.hidden'
const GROUPING = 'gridwall.calendar.grouping'
const EXPANDED = 'gridwall.calendar.unfolded'

/** In every time zone, midnight falls on a quarter of an hour of UTC, so "today" can only change then. In ms. */
const QUARTER = 900_000

/** Returns how many of the sorted instants are at or before now. */
export function passed(sorted: readonly number[], now: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= now) low = middle + 1
    else high = middle
  }
  return low
}

function readList(store: Storage, key: string): string[] {
  try {
    const list: unknown = JSON.parse(store.getItem(key) ?? '[]')
    return Array.isArray(list) ? list.filter((v) => typeof v === 'string') : []
  } catch {
    return []
  }
}

/** The calendar as the Schedule page shows it: live sessions, the next session and the season in sections. */
export class Calendar {
  #remote: Remote<Schedule>
  #clock: Clock
  #preferences: Preferences
  #permanent: Storage
  #temporary: Storage
  #hidden = $state.raw<string[]>([])
  #expanded = $state.raw<string[]>([])
  #grouping = $state<Grouping>('series')

  #all = $derived.by(() => this.#remote.value?.events ?? [])
  #edges = $derived(edges(this.#all))
  #turn = $derived.by(() => passed(this.#edges, this.#clock.now))
  #quarter = $derived.by(() => Math.floor(this.#clock.now / QUARTER))
  // Only countdowns follow the clock's ticks. The list is computed again only when a session or a day begins or ends.
  #at = $derived.by(() => {
    void this.#turn
    void this.#quarter
    return untrack(() => this.#clock.now)
  })
  #series = $derived(seriesOf(this.#all))
  #tones = $derived(seriesTones(this.#all))
  #events = $derived(this.#all.filter((e) => !this.#hides(e.series)))
  #live = $derived(liveAt(this.#events, this.#at))
  #next = $derived(nextAt(this.#events, this.#at))
  #sections = $derived(sections(this.#events, this.#at, this.#grouping))

  constructor(
    from: { schedule: Remote<Schedule>; clock: Clock; preferences: Preferences },
    permanent: Storage = localStorage,
    temporary: Storage = sessionStorage,
  ) {
    this.#remote = from.schedule
    this.#clock = from.clock
    this.#preferences = from.preferences
    this.#permanent = permanent
    this.#temporary = temporary
    this.#hidden = readList(permanent, HIDDEN)
    this.#expanded = readList(temporary, EXPANDED)
    if (permanent.getItem(GROUPING) === 'date') this.#grouping = 'date'
  }

  /** The current time, but updated only when the list must be drawn again. */
  get at(): number {
    return this.#at
  }
  /** Whether the calendar has been loaded and contains no event. */
  get empty(): boolean {
    return this.#remote.value !== undefined && this.#all.length === 0
  }
  /** The number of events, including those of hidden series. */
  get count(): number {
    return this.#all.length
  }
  get live(): readonly Slot[] {
    return this.#live
  }
  get next(): Slot | undefined {
    return this.#next
  }
  get sections(): readonly Section[] {
    return this.#sections
  }
  get series(): readonly string[] {
    return this.#series
  }
  /** The colour that distinguishes a series; "" if there is only one. */
  tone(series: string): string {
    return this.#series.length > 1 ? (this.#tones.get(series) ?? '') : ''
  }
  /** The series that are shown; empty: all. */
  get filter(): string[] {
    return this.#series.some((s) => this.#hides(s)) ? this.#series.filter((s) => !this.#hides(s)) : []
  }
  /** Whether the filter hides every event. */
  get allHidden(): boolean {
    return this.#all.length > 0 && this.#events.length === 0
  }
  get grouping(): Grouping {
    return this.#grouping
  }
  get mode(): ClockMode {
    const mode = this.#preferences.get('ui.clock')
    return mode === 'track' || mode === 'utc' ? mode : 'local'
  }

  shows(series: string): boolean {
    return !this.#hides(series)
  }
  toggleSeries(series: string): void {
    this.#hide(
      this.#hidden.includes(series) ? this.#hidden.filter((s) => s !== series) : [...this.#hidden, series],
    )
  }
  showAll(): void {
    this.#hide([])
  }

  group(by: Grouping): void {
    this.#grouping = by
    this.#permanent.setItem(GROUPING, by)
  }

  /** Whether the past events of a section are shown. */
  expanded(section: Section): boolean {
    return this.#expanded.includes(section.key)
  }
  toggleExpanded(section: Section): void {
    this.#expanded = this.expanded(section)
      ? this.#expanded.filter((k) => k !== section.key)
      : [...this.#expanded, section.key]
    this.#temporary.setItem(EXPANDED, JSON.stringify(this.#expanded))
  }

  setMode(mode: ClockMode): Promise<boolean> {
    return this.#preferences.set('ui.clock', mode)
  }

  /** Whether the event is highlighted: one of its sessions is live or next. */
  current(e: RaceEvent): boolean {
    return this.#live.length > 0 ? this.#live.some((s) => s.event.id === e.id) : this.#next?.event.id === e.id
  }

  // A single series has no chip to show it again, so it is never hidden.
  #hides(series: string): boolean {
    return this.#series.length > 1 && this.#hidden.includes(series)
  }
  #hide(list: string[]): void {
    this.#hidden = list
    this.#permanent.setItem(HIDDEN, JSON.stringify(list))
  }
}
