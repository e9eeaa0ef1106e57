import { durationWords, parseDuration, parseSize, sizeWords } from '$lib/time/amount'

export interface Option {
  value: string
  label: string
}

/** One setting as the page shows it. `standard` is its default, as config.toml would write it. */
interface Base {
  key: string
  title: string
  text: string
  standard: string
  /** Means something in Gridwall's own window alone. */
  windowOnly?: boolean
}
export interface Amount extends Base {
  kind: 'duration' | 'size'
  presets: Option[]
  example: string
}
export interface Choice extends Base {
  kind: 'choice' | 'row'
  options: Option[]
}
export interface OnOff extends Base {
  kind: 'switch'
}
export type Field = Amount | Choice | OnOff

export interface Group {
  name: string
  fields: Field[]
}

const durations = (values: string, words: Record<string, string> = {}): Option[] =>
  values.split(' ').map((value) => ({ value, label: words[value] ?? durationWords(value) }))
const sizes = (values: string): Option[] =>
  values.split(' ').map((value) => ({ value, label: sizeWords(value) }))

const EXAMPLE = '4m, 90s or 1h30m'

const PLAYBACK: Field[] = [
  {
    kind: 'duration',
    key: 'refresh.interval',
    title: 'Renew tokens every',
    text: 'For feeds whose tokens do not say when they end. The others are renewed before they do.',
    standard: '4m',
    presets: durations('1m 2m 3m 4m 5m 10m 15m'),
    example: EXAMPLE,
  },
  {
    kind: 'size',
    key: 'proxy.cache',
    title: 'Segments kept in memory',
    text: 'So that two tiles of one feed, or a step back, fetch nothing twice.',
    standard: '256MiB',
    presets: sizes('64MiB 128MiB 256MiB 512MiB 1GiB 2GiB'),
    example: '256MiB or 1GiB',
  },
  {
    kind: 'duration',
    key: 'proxy.rewind',
    title: 'Keep what was played for',
    text: 'On the disk, so that a feed that lists only its newest seconds can be rewound.',
    standard: '0s',
    presets: durations('0s 10m 30m 1h 2h 4h', { '0s': 'Not at all' }),
    example: '30m or 2h',
  },
  {
    kind: 'size',
    key: 'proxy.rewind_size',
    title: 'Room on the disk for it',
    text: 'All feeds together; the oldest goes first.',
    standard: '4GiB',
    presets: sizes('1GiB 2GiB 4GiB 8GiB 16GiB 32GiB'),
    example: '4GiB',
  },
  {
    kind: 'switch',
    key: 'ui.fit_quality',
    title: 'Quality by the size of the tile',
    text: 'A small picture takes no larger variant than it can show. A quality that you choose in a tile is kept.',
    standard: 'on',
  },
  {
    kind: 'choice',
    key: 'ui.layout',
    title: 'Layout of a new wall',
    text: 'How the tiles are arranged until you choose another layout.',
    standard: 'auto',
    options: [
      { value: 'auto', label: 'Whatever fits best' },
      { value: '1', label: 'One' },
      { value: '2', label: 'Two' },
      { value: '1+2', label: 'One large, two small' },
      { value: '2x2', label: 'Two by two' },
      { value: '1+3', label: 'One large, three small' },
      { value: '1+5', label: 'One large, five small' },
      { value: '3x3', label: 'Three by three' },
    ],
  },
  {
    kind: 'choice',
    key: 'ui.player',
    title: 'External player',
    text: 'What a tile’s “Open in player” starts.',
    standard: 'mpv',
    options: [
      { value: 'mpv', label: 'mpv' },
      { value: 'vlc', label: 'VLC' },
    ],
  },
]

const SOURCES: Field[] = [
  {
    kind: 'duration',
    key: 'extract.interval',
    title: 'Look for feeds every',
    text: 'How often each source is asked what it lists.',
    standard: '30m',
    presets: durations('10m 15m 30m 1h 2h 6h'),
    example: EXAMPLE,
  },
  {
    kind: 'duration',
    key: 'extract.live_interval',
    title: 'While a session is live, every',
    text: 'Feeds come and go around a session, so look more often then.',
    standard: '5m',
    presets: durations('1m 2m 5m 10m 15m'),
    example: EXAMPLE,
  },
  {
    kind: 'duration',
    key: 'extract.timeout',
    title: 'Give up on a source after',
    text: 'How long one look may take. A source’s file may say otherwise.',
    standard: '30s',
    presets: durations('10s 20s 30s 1m 2m'),
    example: '30s or 2m',
  },
]

const NOTIFICATIONS: Field[] = [
  {
    kind: 'switch',
    key: 'ui.notify',
    title: 'Notifications',
    text: 'Before a session, at its start, and when a feed can no longer be renewed.',
    standard: 'on',
  },
  {
    kind: 'duration',
    key: 'notify.before',
    title: 'Before a session',
    text: 'How long before it starts you want to be told.',
    standard: '15m',
    presets: durations('0s 5m 10m 15m 30m 1h', { '0s': 'Only at its start' }),
    example: '15m or 1h30m',
  },
]

const PREFLIGHTS = ['30m, 10m', '10m', '1h, 10m', '15m, 5m', 'off']

const BEFOREHAND: Field[] = [
  {
    kind: 'choice',
    key: 'notify.preflight',
    title: 'Check the feeds before a session',
    text: 'Its sources are run, its feeds asked for, its codecs compared; a notice says ready, or what is wrong.',
    standard: '30m, 10m',
    options: PREFLIGHTS.map((value) => ({
      value,
      label: value === 'off' ? 'Never' : `${value.replaceAll('m', ' min').replaceAll('h', ' h')} before`,
    })),
  },
  {
    kind: 'choice',
    key: 'ui.open_at_start',
    title: 'Open the grid at a session’s start',
    text: 'By itself, with the session’s feeds. The Schedule page says it for one session.',
    standard: 'off',
    options: [
      { value: 'off', label: 'No' },
      { value: 'rules', label: 'Sessions with a rule' },
      { value: 'all', label: 'All that have feeds' },
    ],
  },
]

const WINDOW: Field[] = [
  {
    kind: 'row',
    key: 'ui.theme',
    title: 'Theme',
    text: 'Pictures lie on black in both.',
    standard: 'system',
    options: [
      { value: 'system', label: 'System' },
      { value: 'dark', label: 'Dark' },
      { value: 'light', label: 'Light' },
    ],
  },
  {
    kind: 'row',
    key: 'ui.clock',
    title: 'Times',
    text: 'In which time the calendar tells when a session starts.',
    standard: 'local',
    options: [
      { value: 'local', label: 'My time' },
      { value: 'track', label: 'Track time' },
      { value: 'utc', label: 'UTC' },
    ],
  },
  {
    kind: 'switch',
    key: 'ui.close_to_tray',
    title: 'Close to the tray',
    text: 'Closing the window hides it: pictures stop, tokens stay fresh.',
    standard: 'on',
    windowOnly: true,
  },
  {
    kind: 'switch',
    key: 'ui.start_at_login',
    title: 'Start at login',
    text: 'Gridwall starts hidden in the tray when you log in.',
    standard: 'off',
    windowOnly: true,
  },
]

/** The settings in their groups; a browser gets those that mean something there. */
export const groups = (inWindow: boolean): Group[] =>
  [
    { name: 'Playback', fields: PLAYBACK },
    { name: 'Sources', fields: SOURCES },
    { name: 'Notifications', fields: [...NOTIFICATIONS, ...BEFOREHAND] },
    { name: inWindow ? 'Window' : 'Look', fields: WINDOW },
  ].map((g) => ({ ...g, fields: g.fields.filter((f) => inWindow || !f.windowOnly) }))

/** Whether two values of a setting mean the same: 60s and 1m, 1GiB and 1.0GiB. */
export function same(f: Field, a: string, b: string): boolean {
  if (a === b) return true
  const parse = f.kind === 'duration' ? parseDuration : f.kind === 'size' ? parseSize : () => undefined
  const x = parse(a)
  return x !== undefined && x === parse(b)
}

/** What can be chosen: the presets, and the value in force where it is none of them. */
export function choices(f: Amount, value: string): Option[] {
  if (value === '' || f.presets.some((p) => same(f, p.value, value))) return f.presets
  return [...f.presets, { value, label: f.kind === 'size' ? sizeWords(value) : durationWords(value) }]
}

/** The default in words: 4 minutes, Whatever fits best, on. */
export function standardWords(f: Field): string {
  if (f.kind === 'switch') return f.standard
  const list = 'presets' in f ? f.presets : f.options
  return list.find((o) => same(f, o.value, f.standard))?.label ?? f.standard
}
