import { parse } from 'smol-toml'
import { scan, type Header, type Pair, type Statement } from './scan'
import { tomlKey, tomlValue } from './write'

// Edits a TOML text and leaves everything else unchanged: comments, order and unknown keys. Each edit is checked by
// parsing: an edit that changes any other value is refused.

export type Value = string | boolean | readonly string[]
/** From the document to a value: ['name'], ['headers', 'Cookie'], ['stream', 0, 'url']. */
export type Path = [string] | [string, string] | [string, number, string]
export type Table = Record<string, unknown>

/** The text is written in a way that the form cannot edit; the user must edit the text. */
export class UnsafeEdit extends Error {
  constructor(what: string) {
    super(`The form cannot change ${what} safely as it is written. Change it in the text.`)
    this.name = 'UnsafeEdit'
  }
}

export const readTOML = (text: string): Table => parse(text.replace(/^\ufeff/, '')) as Table

interface Placed {
  pair: Pair
  path: (string | number)[]
}
interface Section {
  header: Header | undefined
  path: (string | number)[]
  pairs: Placed[]
  statements: Statement[]
}

/** The text split at its headers; the first section is what precedes them. */
function sections(text: string): Section[] {
  let current: Section = { header: undefined, path: [], pairs: [], statements: [] }
  const out = [current]
  const counts = new Map<string, number>()
  for (const st of scan(text)) {
    if (st.kind === 'table' || st.kind === 'array') {
      let path: (string | number)[] = st.key
      if (st.kind === 'array') {
        const id = JSON.stringify(st.key)
        const n = counts.get(id) ?? 0
        counts.set(id, n + 1)
        path = [...st.key, n]
      }
      current = { header: st, path, pairs: [], statements: [] }
      out.push(current)
    } else {
      current.statements.push(st)
      if (st.kind === 'pair') current.pairs.push({ pair: st, path: [...current.path, ...st.key] })
    }
  }
  return out
}

const samePath = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((p, i) => p === b[i])

const cut = (text: string, start: number, end: number, by: string): string =>
  text.slice(0, start) + by + text.slice(end)

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** Inserts lines at an offset where a line begins, or after a last line without a line break. */
function insert(text: string, at: number, lines: string[]): string {
  const eol = eolOf(text)
  const before = at > 0 && text[at - 1] !== '\n' && !(at === 1 && text.startsWith('\ufeff')) ? eol : ''
  return cut(text, at, at, before + lines.map((l) => l + eol).join(''))
}

/** An empty line before a new table, unless the text is empty. */
const gap = (text: string): string[] => (text.trim() === '' ? [] : [''])
const endOf = (s: Section): number => s.pairs.at(-1)?.pair.end ?? s.header?.end ?? 0
const name = (path: readonly unknown[]): string => path.join('.')

/** Sets a value, in place if it exists. */
export function setValue(text: string, path: Path, value: Value): string {
  return checked(text, name(path), write(text, path, value), (doc) => {
    let table: Table = doc
    for (const part of path.slice(0, -1)) table = (table[part] ??= {}) as Table
    table[path.at(-1) as string] = value
  })
}

function write(text: string, path: Path, value: Value): string {
  const all = sections(text)
  for (const { pair, path: at } of all.flatMap((s) => s.pairs)) {
    if (samePath(at, path)) return cut(text, pair.valueStart, pair.valueEnd, tomlValue(value))
  }
  const key = path.at(-1) as string
  const line = `${tomlKey(key)} = ${tomlValue(value)}`
  const parent = path.slice(0, -1)
  const section = all.find((s) => samePath(s.path, parent))
  if (section) {
    const at = section.header || section.pairs.length > 0 ? endOf(section) : text.startsWith('\ufeff') ? 1 : 0
    return insert(text, at, [line])
  }
  // headers.Cookie = "…", without a [headers].
  const sibling = all[0]?.pairs.findLast((p) => p.path.length > 1 && samePath(p.path.slice(0, -1), parent))
  if (sibling) return insert(text, sibling.pair.end, [`${tomlKey(String(parent[0]))}.${line}`])
  return insert(text, text.length, [...gap(text), `[${tomlKey(String(parent[0]))}]`, line])
}

/** Removes a value. The comment on its line stays, and so does a comment in a table that becomes empty. */
export function removeValue(text: string, path: Path): string {
  const section = sections(text).find((s) => s.pairs.some((p) => samePath(p.path, path)))
  const found = section?.pairs.find((p) => samePath(p.path, path))
  if (!section || !found) return checked(text, name(path), text, (doc) => drop(doc, path))
  const { pair } = found
  const rest = pair.comment === '' ? '' : pair.comment + lineBreak(text, pair.end)
  let out = cut(text, pair.start, pair.end, rest)
  const { header } = section
  const alone = section.statements.every((s) => s === pair || s.kind === 'blank')
  if (header?.kind === 'table' && alone && rest === '') out = cut(out, header.start, header.end, '')
  return checked(text, name(path), out, (doc) => drop(doc, path))
}

function lineBreak(text: string, end: number): string {
  if (text[end - 1] !== '\n') return ''
  return text[end - 2] === '\r' ? '\r\n' : '\n'
}

function drop(doc: Table, path: Path): void {
  let table: Table | undefined = doc
  for (const part of path.slice(0, -1)) table = table?.[part] as Table | undefined
  if (table) Reflect.deleteProperty(table, path.at(-1) as string)
}

/** Renames a key of a table; its value and position stay. */
export function renameKey(text: string, path: [string, string], to: string): string {
  const found = sections(text)
    .flatMap((s) => s.pairs)
    .find((p) => samePath(p.path, path))
  // A dotted key keeps what precedes its last dot.
  const prefix = found?.pair.key.slice(0, -1).map((k) => tomlKey(k) + '.') ?? []
  const out = found ? cut(text, found.pair.keyStart, found.pair.keyEnd, prefix.join('') + tomlKey(to)) : text
  return checked(text, name(path), out, (doc) => {
    const table = (doc[path[0]] ?? {}) as Table
    const value = table[path[1]]
    drop(doc, path)
    table[to] = value
  })
}

/** Adds a table to an array of tables: [[stream]]. */
export function addTable(text: string, array: string, values: Record<string, Value>): string {
  const last = sections(text).findLast((s) => s.header?.kind === 'array' && samePath(s.header.key, [array]))
  const lines = Object.entries(values).map(([k, v]) => `${tomlKey(k)} = ${tomlValue(v)}`)
  const at = last ? endOf(last) : text.length
  const out = insert(text, at, [...gap(text), `[[${tomlKey(array)}]]`, ...lines])
  return checked(text, array, out, (doc) => {
    doc[array] = [...((doc[array] as unknown[] | undefined) ?? []), { ...values }]
  })
}

/** Removes the nth table of an array of tables; comments around it stay. */
export function removeTable(text: string, array: string, n: number): string {
  const section = sections(text).find((s) => samePath(s.path, [array, n]))
  const start = section?.header?.start
  const out = section && start !== undefined ? cut(text, start, endOf(section), '') : text
  return checked(text, array, out, (doc) => {
    const list = (doc[array] as unknown[]).toSpliced(n, 1)
    if (list.length > 0) doc[array] = list
    else Reflect.deleteProperty(doc, array)
  })
}

/** Turns a key of the document, or an array of tables, into comments, so that it has no effect but is not lost. */
export function commentOut(text: string, key: string): string {
  const spans: [number, number][] = []
  for (const s of sections(text)) {
    const header = s.header
    if (header && samePath(header.key, [key])) spans.push([header.start, endOf(s)])
    else if (!header)
      for (const { pair } of s.pairs) if (pair.key[0] === key) spans.push([pair.start, pair.end])
  }
  let out = text
  for (const [start, end] of spans.reverse())
    out = cut(out, start, end, out.slice(start, end).replace(/^(?=[^\r\n])/gm, '# '))
  return checked(text, key, out, (doc) => Reflect.deleteProperty(doc, key))
}

/** Returns the edited text if it has the values that the change should give; otherwise throws UnsafeEdit. */
function checked(before: string, what: string, after: string, change: (doc: Table) => void): string {
  const wanted = readTOML(before)
  let got: Table
  try {
    change(wanted)
    got = readTOML(after)
  } catch {
    throw new UnsafeEdit(what)
  }
  if (!same(wanted, got)) throw new UnsafeEdit(what)
  return after
}

/** Whether two documents have the same values. Empty tables do not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a instanceof Date || b instanceof Date) return String(a) === String(b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => same(v, b[i]))
  if (isTable(a) && isTable(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...keys].every((k) => same(a[k] ?? {}, b[k] ?? {}))
  }
  return Object.is(a, b)
}

const isTable = (v: unknown): v is Table => typeof v === 'object' && v !== null && !Array.isArray(v)
