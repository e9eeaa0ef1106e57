import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { addTable, commentOut, removeTable, removeValue, renameKey, same, setValue, UnsafeEdit } from './edit'
import type { Path, Value } from './edit'
import { scan } from './scan'
import { tomlValue } from './write'

/** Pseudo-random numbers that are the same in every run. */
function random(seed: number): (n: number) => number {
  let s = seed
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
    return Math.floor((s / 2 ** 32) * n)
  }
}

const ROOT = [
  'name = "Club TV" # c1 who they are',
  '  kind   =   "json"# c2',
  "'interval' = '10m'",
  'url = "https://site.test/a?b=\\"1\\" # no comment"',
  "query = '''\n.feeds[] # not a comment of ours\n| {url, title}\n''' # c3",
  'headers.Referer = "https://x.test/"',
  'unknown = [ 1, # c4 ] it\'s not over "\n  [ "]", \'#\' ], 2 ] # c5',
  'other = { a = "}", b = [ "{" ] }',
  'when = 2026-03-08 12:00:00Z # c6',
  'long = """a\\"""b"""',
  '# c7 a line of its own\n',
  '\t# c8\n\n',
]
const TABLES = [
  '[stream_headers] # c9\n# c10\n"User-Agent" = "x" # c11\n',
  "[[stream]] # c12\nurl = 'https://a.test/1.m3u8' # c13\n# c14 about one\ntitle = 'One'\n",
  '[[stream]]\nurl = "https://a.test/2.m3u8"\n\n# c15 at the end of two\n',
  '[extra]\n# c16\nkept = true\n',
]
const VALUES: Value[] = [
  true,
  false,
  '',
  'plain',
  'a "b" \\d+ c',
  "it's",
  'both \' and " and \\',
  'two\nlines\n',
  "ends in '\n'",
  "'''",
  "a\n'''b",
  "a\n'''",
  'tab\there',
  'control \u0001\u007f\r\n',
  'ünïcode 🏁 # =',
]

function anyText(rnd: (n: number) => number): string {
  const root = ROOT.filter(() => rnd(3) > 0).sort(() => rnd(3) - 1)
  const tables = TABLES.filter(() => rnd(3) > 0)
  let text = root.map((l) => l + '\n').join('') + tables.join(rnd(2) ? '\n' : '')
  if (rnd(4) === 0) text = text.trimEnd()
  if (rnd(4) === 0) text = text.replaceAll('\n', '\r\n')
  if (rnd(8) === 0) text = '\ufeff' + text
  return text
}
const read = (text: string) => parse(text.replace(/^\ufeff/, '')) as Record<string, unknown>
const comments = (text: string) => (text.match(/# c\d+/g) ?? []).sort()

describe('an edit', () => {
  it('changes only what it should, whatever the file looks like', () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const rnd = random(seed)
      const text = anyText(rnd)
      const before = read(text)
      const streams = (before['stream'] as unknown[] | undefined)?.length ?? 0
      const paths: Path[] = [
        ['name'],
        ['kind'],
        ['interval'],
        ['query'],
        ['new'],
        ['stream_headers', 'User-Agent'],
      ]
      paths.push(['headers', 'Referer'], ['headers', 'X New'])
      for (let i = 0; i < streams; i++) paths.push(['stream', i, 'title'], ['stream', i, 'url'])
      const path = paths[rnd(paths.length)] ?? ['name']
      const value = VALUES[rnd(VALUES.length)] ?? ''
      const about = `seed ${seed}, ${path.join('.')} = ${JSON.stringify(value)}\n${text}`

      const set = setValue(text, path, value)
      const wanted = structuredClone(before)
      let at = wanted
      for (const p of path.slice(0, -1)) at = (at[p] ??= {}) as Record<string, unknown>
      at[path.at(-1) as string] = value
      expect(same(read(set), wanted), about).toBe(true)
      expect(comments(set), about).toEqual(comments(text))

      const removed = removeValue(set, path)
      Reflect.deleteProperty(at, path.at(-1) as string)
      expect(same(read(removed), wanted), about).toBe(true)
      expect(comments(removed), about).toEqual(comments(text))
    }
  }, 30_000)

  it('leaves the other lines as they were, byte for byte', () => {
    const text = '# mine\nname = "A"   # why\n\nkind = "m3u"\r\n[headers]\n  Cookie = "${SECRET}"\n'
    expect(setValue(text, ['name'], 'B')).toBe(text.replace('"A"', '"B"'))
    expect(removeValue(text, ['name'])).toBe(text.replace('name = "A"   # why', '# why'))
    expect(setValue('name = "A"\n[headers]\n', ['url'], 'x')).toBe('name = "A"\nurl = "x"\n[headers]\n')
    expect(setValue('name = "A"', ['url'], 'x')).toBe('name = "A"\nurl = "x"\n')
    expect(setValue('', ['headers', 'Referer'], 'x')).toBe('[headers]\nReferer = "x"\n')
    expect(removeValue('kind = "m3u"\n[headers]\nReferer = "x"\n', ['headers', 'Referer'])).toBe(
      'kind = "m3u"\n',
    )
  })

  it('adds, renames and removes rows', () => {
    const two =
      'kind = "direct"\n\n[[stream]]\nurl = "1" # one\n\n# about two\n[[stream]]\nurl = "2"\n[headers]\na.b = "x"\n'
    const three = addTable(two, 'stream', { url: '3', title: '' })
    expect(read(three)['stream']).toEqual([{ url: '1' }, { url: '2' }, { url: '3', title: '' }])
    expect(three.indexOf('"3"')).toBeLessThan(three.indexOf('[headers]'))
    const one = removeTable(three, 'stream', 0)
    expect(read(one)['stream']).toEqual([{ url: '2' }, { url: '3', title: '' }])
    expect(one).toContain('# about two')
    expect(read(removeTable('[[stream]]\nurl = "1"\n', 'stream', 0))).toEqual({})
    expect(renameKey('headers.Referer = "x"\n', ['headers', 'Referer'], 'X Y')).toBe('headers."X Y" = "x"\n')
    expect(renameKey('[headers]\nA = "x" # c\n', ['headers', 'A'], 'B')).toBe('[headers]\nB = "x" # c\n')
    expect(() => renameKey('[headers]\nA = "x"\nB = "y"\n', ['headers', 'A'], 'B')).toThrow(UnsafeEdit)
  })

  it('turns the keys of the old kind into comments', () => {
    const text = "kind = 'json'\nquery = '''\n.a\n\n.b''' # c\n[[stream]]\nurl = '1'\n\n[headers]\nA = 'x'\n"
    const out = commentOut(commentOut(text, 'query'), 'stream')
    expect(read(out)).toEqual({ kind: 'json', headers: { A: 'x' } })
    expect(out).toBe(
      "kind = 'json'\n# query = '''\n# .a\n\n# .b''' # c\n# [[stream]]\n# url = '1'\n\n[headers]\nA = 'x'\n",
    )
  })

  it('is refused if it cannot be made safely', () => {
    expect(() => setValue('headers = { A = "x" }\n', ['headers', 'B'], 'y')).toThrow(/change it in the text/i)
    expect(() => setValue('stream = [{ url = "1" }]\n', ['stream', 0, 'url'], 'y')).toThrow(UnsafeEdit)
    expect(() => setValue('name = "A\n', ['name'], 'B')).toThrow()
    // A table inside a [[stream]] would be left behind.
    const nested = '[[stream]]\nurl = "1"\n[stream.more]\nx = 1\n'
    expect(() => commentOut(nested, 'stream')).toThrow(UnsafeEdit)
    expect(() => removeTable(nested, 'stream', 0)).toThrow(UnsafeEdit)
  })
})

describe('the scanner', () => {
  it('splits a text into statements that add up to the whole text', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const text = anyText(random(seed)).replace(/^\ufeff/, '')
      const parts = scan(text).map((s) => text.slice(s.start, s.end))
      expect(parts.join('')).toBe(text)
    }
  })
})

describe('a value', () => {
  it('reads back unchanged', () => {
    for (const v of VALUES) expect(parse(`a = ${tomlValue(v)}`)['a']).toBe(v)
  })
  it('is written readably: programs and regular expressions without escapes', () => {
    expect(tomlValue('(?i)\\bHD\\b')).toBe("'(?i)\\bHD\\b'")
    expect(tomlValue('.a\n| .b\n')).toBe("'''\n.a\n| .b\n'''")
  })
})
