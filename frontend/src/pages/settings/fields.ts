import { durationWords, parseDuration, parseSize, sizeWords } from '$lib/time/amount'

export interface Option {
  value: string
  label: string
}

/** A setting as the page shows it. `standard` is its default, as in config.toml. */
interface Base {
  key: string
  title: string
  text: string
  standard: string
  /** Whether it only applies to Gridwall's own window. */
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
export interface Text extends Base {
  kind: 'text'
  example: string
}
export type Field = Amount | Choice | OnOff | Text

export interface Group {
  name: string
  fields: Field[]
}

type Kind =
  | Omit<Amount, keyof Base>
  | Omit<Choice, keyof Base>
  | Omit<Text, keyof Base>
  | (Omit<OnOff, keyof Base> & { windowOnly?: true })

/** A setting: its key, title, description, default and options. */
const field = (key: string, title: string, text: string, standard: string, kind: Kind): Field => ({
  key,
  title,
  text,
  standard,
  ...kind,
})
/** `zero` is the text for 0s. */
const duration = (presets: string, example = '4m, 90s or 1h30m', zero?: string): Kind => ({
  kind: 'duration',
  presets: presets
    .split(' ')
    .map((value) => ({ value, label: (value === '0s' && zero) || durationWords(value) })),
  example,
})
const size = (presets: string, example: string): Kind => ({
  kind: 'size',
  presets: presets.split(' ').map((value) => ({ value, label: sizeWords(value) })),
  example,
})
/** `options` are values with their labels. */
const choice = (options: [string, string][], kind: Choice['kind'] = 'choice'): Kind => ({
  kind,
  options: options.map(([value, label]) => ({ value, label })),
})
const ON_OFF: Kind = { kind: 'switch' }

const PLAYBACK: Field[] = [
  field(
    'refresh.interval',
    'Renew tokens every',
    'For feeds whose tokens do not say when they expire. Other tokens are renewed before they expire.',
    '4m',
    duration('1m 2m 3m 4m 5m 10m 15m'),
  ),
  field(
    'proxy.cache',
    'Memory cache',
    'Keeps segments, so that two tiles of one feed, or a short step back, download nothing twice.',
    '256MiB',
    size('64MiB 128MiB 256MiB 512MiB 1GiB 2GiB', '256MiB or 1GiB'),
  ),
  field(
    'proxy.rewind',
    'Rewind buffer',
    'How much played video is kept on disk, to rewind feeds that only list their newest seconds.',
    '0s',
    duration('0s 10m 30m 1h 2h 4h', '30m or 2h', 'Off'),
  ),
  field(
    'proxy.rewind_size',
    'Disk space for the rewind buffer',
    'For all feeds together; the oldest parts are deleted first.',
    '4GiB',
    size('1GiB 2GiB 4GiB 8GiB 16GiB 32GiB', '4GiB'),
  ),
  field(
    'ui.fit_quality',
    'Match quality to tile size',
    'Small tiles load a lower quality. A quality that you choose in a tile is kept.',
    'on',
    ON_OFF,
  ),
  field(
    'ui.audio_languages',
    'Preferred audio languages',
    'Of feeds with several audio tracks, the first of these languages plays. A track that you choose in a tile is kept.',
    '',
    { kind: 'text', example: 'de, en' },
  ),
  field(
    'ui.layout',
    'Layout of a new wall',
    'How the tiles are arranged until you choose another layout.',
    'auto',
    choice([
      ['auto', 'Automatic'],
      ['1', 'One'],
      ['2', 'Two'],
      ['1+2', 'One large, two small'],
      ['2x2', 'Two by two'],
      ['1+3', 'One large, three small'],
      ['1+4', 'One large, four small'],
      ['1+5', 'One large, five small'],
      ['1+6', 'One large, six small'],
      ['1+7', 'One large, seven small'],
      ['1+8', 'One large, eight small'],
      ['3x3', 'Three by three'],
    ]),
  ),
  field(
    'ui.player',
    'External player',
    'The player that “Open in mpv or VLC” starts.',
    'mpv',
    choice([
      ['mpv', 'mpv'],
      ['vlc', 'VLC'],
    ]),
  ),
]

const SOURCES: Field[] = [
  field(
    'extract.interval',
    'Look for feeds every',
    'How often each source is run.',
    '30m',
    duration('10m 15m 30m 1h 2h 6h'),
  ),
  field(
    'extract.live_interval',
    'While a session is live, every',
    'Feeds change around a session, so sources are run more often then.',
    '5m',
    duration('1m 2m 5m 10m 15m'),
  ),
  field(
    'extract.timeout',
    'Give up on a source after',
    'How long one run may take. A source file can override it.',
    '30s',
    duration('10s 20s 30s 1m 2m', '30s or 2m'),
  ),
]

const NOTIFICATIONS: Field[] = [
  field(
    'ui.notify',
    'Notifications',
    'Before a session, at its start, and when a feed can no longer be renewed.',
    'on',
    ON_OFF,
  ),
  field(
    'notify.before',
    'Before a session',
    'How long before the start you are notified.',
    '15m',
    duration('0s 5m 10m 15m 30m 1h', '15m or 1h30m', 'Only at the start'),
  ),
]

const PREFLIGHTS = ['30m, 10m', '10m', '1h, 10m', '15m, 5m', 'off']

const BEFOREHAND: Field[] = [
  field(
    'notify.preflight',
    'Check the feeds before a session',
    'Runs the sources, tests the feeds and compares codecs. A notification says whether they are ready, or what is wrong.',
    '30m, 10m',
    choice(
      PREFLIGHTS.map((v) => [
        v,
        v === 'off' ? 'Never' : `${v.replaceAll('m', ' min').replaceAll('h', ' h')} before`,
      ]),
    ),
  ),
  field(
    'ui.open_at_start',
    'Open the wall when a session starts',
    'With the session’s feeds. You can change this for a single session on the Schedule page.',
    'off',
    choice([
      ['off', 'No'],
      ['rules', 'Sessions with a rule'],
      ['all', 'All sessions with feeds'],
    ]),
  ),
]

const WINDOW: Field[] = [
  field(
    'ui.theme',
    'Theme',
    'Tiles are black in both themes.',
    'system',
    choice(
      [
        ['system', 'System'],
        ['dark', 'Dark'],
        ['light', 'Light'],
      ],
      'row',
    ),
  ),
  field(
    'ui.tile_controls',
    'Controls in tiles',
    'If they stay hidden, use the keys; Tab shows them for as long as one has the focus.',
    'pointer',
    choice(
      [
        ['pointer', 'With the pointer'],
        ['hidden', 'Stay hidden'],
      ],
      'row',
    ),
  ),
  field(
    'ui.clock',
    'Times',
    'The time zone of the calendar.',
    'local',
    choice(
      [
        ['local', 'My time'],
        ['track', 'Track time'],
        ['utc', 'UTC'],
      ],
      'row',
    ),
  ),
  field(
    'ui.close_to_tray',
    'Close to the tray',
    'Closing the window hides it: playback stops, tokens are still renewed.',
    'on',
    { ...ON_OFF, windowOnly: true },
  ),
  field('ui.start_at_login', 'Start at login', 'Gridwall starts hidden in the tray when you log in.', 'off', {
    ...ON_OFF,
    windowOnly: true,
  }),
  field(
    'ui.remote',
    'Listen on the local network',
    'Paired phones may control the wall. Pair them with Remote, in the bar of the wall.',
    'off',
    { ...ON_OFF, windowOnly: true },
  ),
]

const KEYS: Field[] = [
  field(
    'ui.letter_keys',
    'Single-letter keys',
    'Turn this off if you use speech input or type a lot: then keys that type a character do nothing, unless you add Ctrl or Alt.',
    'on',
    ON_OFF,
  ),
]

/** The settings in their groups; a browser gets those that apply to it. */
export const groups = (inWindow: boolean): Group[] =>
  [
    { name: 'Playback', fields: PLAYBACK },
    { name: 'Sources', fields: SOURCES },
    { name: 'Notifications', fields: [...NOTIFICATIONS, ...BEFOREHAND] },
    { name: 'Keys', fields: KEYS },
    { name: inWindow ? 'Window' : 'Appearance', fields: WINDOW },
  ].map((g) => ({ ...g, fields: g.fields.filter((f) => inWindow || !f.windowOnly) }))

/** Whether two values of a setting mean the same: 60s and 1m, 1GiB and 1.0GiB. */
export function same(f: Field, a: string, b: string): boolean {
  if (a === b) return true
  const parse = f.kind === 'duration' ? parseDuration : f.kind === 'size' ? parseSize : () => undefined
  const x = parse(a)
  return x !== undefined && x === parse(b)
}

/** The options: the presets, and the current value if it is not one of them. */
export function choices(f: Amount, value: string): Option[] {
  if (value === '' || f.presets.some((p) => same(f, p.value, value))) return f.presets
  return [...f.presets, { value, label: f.kind === 'size' ? sizeWords(value) : durationWords(value) }]
}

/** The default as text: 4 minutes, Automatic, on. */
export function standardWords(f: Field): string {
  if (f.kind === 'switch') return f.standard
  if (f.kind === 'text') return f.standard || 'none'
  const list = 'presets' in f ? f.presets : f.options
  return list.find((o) => same(f, o.value, f.standard))?.label ?? f.standard
}
