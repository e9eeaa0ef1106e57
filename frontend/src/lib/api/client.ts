import type {
  About,
  Activation,
  Active,
  ActiveList,
  ApiEvent,
  CalendarChange,
  CalendarList,
  CalendarSetting,
  CalendarTrial,
  Codecs,
  Extraction,
  Guess,
  Layouts,
  Opening,
  Preflight,
  Resolved,
  RuleList,
  RulePreview,
  RuleTrial,
  Schedule,
  SessionFeeds,
  Settings,
  SettingsChange,
  Source,
  SourceList,
  SourceText,
  StreamChanges,
  StreamList,
  Trial,
  VariantList,
  Wall,
  WallChange,
  WallList,
} from './types'

/** What subscribers are told: an event, or that the connection came (back) or went. */
export interface Listener {
  event(e: ApiEvent): void
  /** true after each (re)connect: fetch anew what is shown; false when the connection is lost. */
  connected(up: boolean): void
}

/**
 * The facade, the same whether it is reached over HTTP or through the window's bindings. Each method rejects with an
 * ApiError. The names are those of app/api's methods in lower camel case; a Go test compares the two lists.
 */
export interface Client {
  schedule(): Promise<Schedule>
  refreshSchedule(): Promise<Schedule>
  /** The feeds of a session; both empty: the live session's, or the next one's. */
  sessionFeeds(event: string, session: string): Promise<SessionFeeds>
  calendars(): Promise<CalendarList>
  putCalendars(change: CalendarChange): Promise<CalendarList>
  /** Reads a calendar once; nothing is kept. */
  tryCalendar(setting: CalendarSetting): Promise<CalendarTrial>
  /** What the last check of a session's feeds found. */
  preflight(event: string, session: string): Promise<Preflight>
  runPreflight(event: string, session: string): Promise<Preflight>
  setOpening(opening: Opening): Promise<Preflight>
  rules(): Promise<RuleList>
  putRules(list: RuleList): Promise<RuleList>
  previewRule(trial: RuleTrial): Promise<RulePreview>
  sources(): Promise<SourceList>
  sourceFile(key: string): Promise<SourceText>
  /** list: an M3U list that goes with the text, and is kept as KEY.m3u beside it. */
  putSource(key: string, text: string, list?: string): Promise<Source>
  enableSource(key: string, enabled: boolean): Promise<Source>
  deleteSource(key: string): Promise<void>
  /** text "": the file as it is. */
  testSource(key: string, text: string, list?: string): Promise<Trial>
  guessSource(url: string): Promise<Guess>
  streams(all: boolean): Promise<StreamList>
  /** What has changed since an earlier answer's since; "": all, some thousand at a time. */
  streamChanges(since: string): Promise<StreamChanges>
  /** The qualities of a stream, the best first. */
  variants(id: string): Promise<VariantList>
  /** key "": all sources. */
  extract(key: string): Promise<Extraction>
  active(): Promise<ActiveList>
  activate(activation: Activation): Promise<Active>
  /** viewer "": all leases. */
  deactivate(id: string, viewer: string): Promise<void>
  refreshActive(): Promise<ActiveList>
  resolve(url: string): Promise<Resolved>
  settings(): Promise<Settings>
  putSettings(change: SettingsChange): Promise<Settings>
  layouts(): Promise<Layouts>
  putLayouts(doc: Layouts): Promise<Layouts>
  walls(): Promise<WallList>
  wall(name: string): Promise<Wall>
  /** Rejects with code stale where another screen has changed the wall meanwhile. */
  putWall(name: string, change: WallChange): Promise<Wall>
  deleteWall(name: string, revision: string): Promise<void>
  about(): Promise<About>
  reportCodecs(codecs: Codecs): Promise<void>
  /** Calls the listener until the function that it returns is called. */
  subscribe(listener: Listener): () => void
}
