import { TomlError } from 'smol-toml'
import { readTOML, type Table } from '../toml/edit'

export interface HeaderRow {
  name: string
  value: string
}
export interface StreamRow {
  url: string
  title: string
  quality: string
}
export interface FollowRow {
  select: string
  attr: string
  match: string
  title: string
}
export type HeaderTable = 'headers' | 'stream_headers'
export type TextKey =
  'name' | 'url' | 'match' | 'query' | 'find' | 'format' | 'interval' | 'timeout' | 'proxy' | 'cookies'
export type FlagKey = 'enabled' | 'allow_private'

/** The values of a source's text that the form shows. */
export interface Form {
  kind: string
  /** undefined if the text has none: the file's name is the key. */
  key: string | undefined
  text: Record<TextKey, string>
  flags: Record<FlagKey, boolean>
  headers: HeaderRow[]
  stream_headers: HeaderRow[]
  streams: StreamRow[]
  follow: FollowRow[]
  /** In the order in which they are decoded. */
  decode: string[]
  command: string[]
  stream_hosts: string[]
  /** Keys of the text that the form does not show. */
  others: string[]
}

/** An error in a text, and its line; 0: the whole text. */
export interface Problem {
  message: string
  line: number
}

const TEXTS: TextKey[] = [
  'name', 'url', 'match', 'query', 'find', 'format', 'interval', 'timeout', 'proxy', 'cookies',
] // prettier-ignore
const SHOWN = [
  'kind', 'key', 'enabled', 'allow_private', 'headers', 'stream_headers', 'stream', 'follow', 'decode', 'command', 'stream_hosts', ...TEXTS,
] // prettier-ignore

const str = (v: unknown): string => (typeof v === 'string' ? v : '')
const table = (v: unknown): Table =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Table) : {}
const tables = (v: unknown): Table[] => (Array.isArray(v) ? v.map(table) : [])
const list = (v: unknown): string[] => (Array.isArray(v) ? v.map(str) : typeof v === 'string' ? [v] : [])
const rows = (v: unknown): HeaderRow[] =>
  Object.entries(table(v)).map(([name, value]) => ({ name, value: str(value) }))

/** Reads a text for the form, or says why it cannot be read. */
export function readForm(text: string): { form: Form } | { problem: Problem } {
  let doc: Table
  try {
    doc = readTOML(text)
  } catch (thrown) {
    return { problem: syntaxProblem(thrown) }
  }
  return {
    form: {
      kind: str(doc['kind']),
      key: typeof doc['key'] === 'string' ? doc['key'] : undefined,
      text: Object.fromEntries(TEXTS.map((k) => [k, str(doc[k])])) as Record<TextKey, string>,
      flags: { enabled: doc['enabled'] !== false, allow_private: doc['allow_private'] === true },
      headers: rows(doc['headers']),
      stream_headers: rows(doc['stream_headers']),
      streams: tables(doc['stream']).map((t) => ({
        url: str(t['url']),
        title: str(t['title']),
        quality: str(t['quality']),
      })),
      follow: tables(doc['follow']).map((t) => ({
        select: str(t['select']),
        attr: str(t['attr']),
        match: str(t['match']),
        title: str(t['title']),
      })),
      decode: list(doc['decode']),
      command: list(doc['command']),
      stream_hosts: list(doc['stream_hosts']),
      others: Object.keys(doc).filter((k) => !SHOWN.includes(k)),
    },
  }
}

function syntaxProblem(thrown: unknown): Problem {
  const first = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0] ?? ''
  const line = thrown instanceof TomlError ? thrown.line : 0
  const what = first.replace(/^Invalid TOML document: /, '')
  return {
    message: line > 0 ? `Line ${line} is not valid TOML: ${what}.` : `The text is not valid TOML: ${what}.`,
    line,
  }
}

/** Reads the line from a message of the server: "sources/club.toml:7:1: …". */
export function problemOf(message: string): Problem {
  const at = /\.toml:(\d+)(?::\d+)?: /.exec(message)
  return { message, line: at ? Number(at[1]) : 0 }
}
