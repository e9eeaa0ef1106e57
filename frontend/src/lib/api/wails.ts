import type { Client, Listener } from './client'
import { asApiError } from './errors'
import type { ApiEvent } from './types'

type Bound = Record<string, (...args: unknown[]) => Promise<unknown>>

/** What Wails puts into the window's page, as far as it is used. */
export interface WailsWindow {
  go?: { desktop?: { Facade?: Bound; Shell?: Bound } }
  runtime?: {
    EventsOn(name: string, call: (...data: unknown[]) => void): () => void
    BrowserOpenURL(url: string): void
  }
}

/** The Wails event that carries the facade's events. */
const EVENT = 'gridwall:event'

/** Whether this page stands in Gridwall's own window. */
export const inWindow = (w: WailsWindow = window as WailsWindow): boolean =>
  w.go?.desktop?.Facade !== undefined

/** The facade through the window's bindings. */
export function wailsClient(w: WailsWindow = window as WailsWindow): Client {
  const call = async <T>(method: string, ...args: unknown[]): Promise<T> => {
    const bound = w.go?.desktop?.Facade?.[method]
    if (!bound) throw asApiError(`the window has no ${method}`)
    try {
      return (await bound(...args)) as T
    } catch (thrown) {
      throw asApiError(thrown)
    }
  }
  return {
    schedule: () => call('Schedule'),
    refreshSchedule: () => call('RefreshSchedule'),
    sessionFeeds: (event, session) => call('SessionFeeds', event, session),
    calendars: () => call('Calendars'),
    putCalendars: (change) => call('PutCalendars', change),
    tryCalendar: (setting) => call('TryCalendar', setting),
    preflight: (event, session) => call('Preflight', event, session),
    runPreflight: (event, session) => call('RunPreflight', event, session),
    setOpening: (opening) => call('SetOpening', opening),
    rules: () => call('Rules'),
    putRules: (list) => call('PutRules', list),
    previewRule: (trial) => call('PreviewRule', trial),
    sources: () => call('Sources'),
    sourceFile: (key) => call('SourceFile', key),
    putSource: (key, text, list = '') => call('PutSource', key, text, list),
    enableSource: (key, enabled) => call('EnableSource', key, enabled),
    deleteSource: (key) => call('DeleteSource', key),
    testSource: (key, text, list = '') => call('TestSource', key, text, list),
    guessSource: (url) => call('GuessSource', url),
    streams: (all) => call('Streams', all),
    streamChanges: (since) => call('StreamChanges', since),
    variants: (id) => call('Variants', id),
    extract: (key) => call('Extract', key),
    active: () => call('Active'),
    activate: (activation) => call('Activate', activation),
    deactivate: (id, viewer) => call('Deactivate', id, viewer),
    refreshActive: () => call('RefreshActive'),
    resolve: (url) => call('Resolve', url),
    settings: () => call('Settings'),
    putSettings: (change) => call('PutSettings', change),
    layouts: () => call('Layouts'),
    putLayouts: (doc) => call('PutLayouts', doc),
    walls: () => call('Walls'),
    wall: (name) => call('Wall', name),
    putWall: (name, change) => call('PutWall', name, change),
    deleteWall: (name, revision) => call('DeleteWall', name, revision),
    about: () => call('About'),
    reportCodecs: (codecs) => call('ReportCodecs', codecs),
    subscribe: (listener: Listener) => {
      const off = w.runtime?.EventsOn(EVENT, (e) => listener.event(e as ApiEvent))
      listener.connected(true)
      return () => off?.()
    },
  }
}
