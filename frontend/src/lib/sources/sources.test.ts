import { describe, expect, it } from 'vitest'
import type { Source, Stream, Trial } from '../api'
import { ago, healthOf, rightsOf } from './health'
import { keyFor, kindForURL, KINDS, newText } from './kinds'
import { setValue } from '../toml/edit'
import { readForm } from './form'
import { bytes, outcome, reportText } from './report'

const source = (change: Partial<Source>): Source => ({
  key: 'club', name: 'Club TV', kind: 'm3u', enabled: true, file: '/s/club.toml', error: null,
  last_run: '2026-03-08T12:00:00Z', stream_count: 4, live_count: 4, running: false, ...change,
}) // prettier-ignore
const feed = (is_live: boolean | null): Stream => ({
  id: 'i', url: 'https://cdn.test/secret-path/x.m3u8?token=SECRET', site_key: 'club', site_name: 'Club TV', quality: '720p',
  title: 'World', extracted_at: '', is_live, response_time_ms: null, checked_at: null, bitrate: null,
}) // prettier-ignore

describe("a source's health", () => {
  const word = (change: Partial<Source>, feeds: Stream[] = []) => healthOf(source(change), feeds).word
  it('is shown as one word', () => {
    expect(word({})).toBe('fine')
    expect(word({ live_count: 2 })).toBe('2 of 4 live')
    expect(word({ live_count: 0 })).toBe('none live')
    expect(word({ live_count: 0 }, [feed(null)])).toBe('checking')
    expect(word({ enabled: false })).toBe('off')
    expect(word({ running: true })).toBe('running')
    expect(word({ last_run: null, stream_count: 0, live_count: 0 })).toBe('not run yet')
    expect(word({ not_yet: 'begins in 2 hours', stream_count: 0, live_count: 0 })).toBe('not started')
  })
  it('distinguishes a file with errors from a failed run', () => {
    const fault = 'sources/my club.toml:7:1: unknown key "matsch"'
    expect(word({ error: fault, last_run: null })).toBe('broken file')
    expect(word({ error: 'sources/club.toml: cannot be read: permission denied', last_run: null })).toBe(
      'broken file',
    )
    // A query that fails in a run has a line, too.
    expect(word({ error: fault })).toBe('failed')
    expect(word({ error: 'https://h/l answered 404 Not Found' })).toBe('failed')
  })
})

describe('actions on a source', () => {
  it('affect no other file: of two with the same key, only the first can be changed', () => {
    const a = source({ file: '/s/a.toml' })
    const b = source({ file: '/s/b.toml' })
    expect(rightsOf(a, [a, b])).toMatchObject({ reach: true, file: true })
    expect(rightsOf(b, [a, b])).toMatchObject({ reach: false, file: false })
  })
  it('are disabled for a built-in source, with the reason', () => {
    const demo = source({ file: '' })
    expect(rightsOf(demo, [demo])).toMatchObject({ reach: true, file: false })
    expect(rightsOf(demo, [demo]).why).toContain('--demo')
  })
})

describe('new sources', () => {
  it('start with a text that the form can read, for each kind', () => {
    for (const k of KINDS) {
      const read = readForm(newText(k.kind, 'A "b"', 'https://h/x'))
      expect(read).toMatchObject({ form: { kind: k.kind, text: { name: 'A "b"' } } })
      if ('form' in read && k.keys.length > 0) {
        const { text, streams, command } = read.form
        expect(text.url || streams[0]?.url || command.at(-1)).toBe('https://h/x')
      }
    }
  })
  it('get a key that is valid in file names and addresses', () => {
    expect(keyFor('Möin – TV!', [])).toBe('moin-tv')
    expect(keyFor('Club', ['club', 'club-2'])).toBe('club-3')
    expect(keyFor('日本', [])).toBe('')
  })
  it('guess their kind from the address', () => {
    expect(kindForURL('https://h/x.m3u8?a=b.json')).toBe('direct')
    expect(kindForURL('https://h/api/feeds')).toBe('json')
    expect(kindForURL('https://h/get?type=m3u')).toBe('m3u')
    expect(kindForURL('https://h/live')).toBe('page')
  })
})

describe('the form', () => {
  it('reads and writes the steps, decodings and arguments of pages and programs', () => {
    const page = readForm(
      'kind = "page"\ndecode = ["url", "base64"]\n[[follow]]\nselect = "iframe"\ntitle = "text"\n',
    )
    expect(page).toMatchObject({
      form: {
        decode: ['url', 'base64'],
        follow: [{ select: 'iframe', attr: '', match: '', title: 'text' }],
        others: [],
      },
    })
    const tool = setValue('kind = "command"\n# mine\n', ['command'], ['./a b', '$HOME', 'x\\y'])
    const hosts = readForm('kind = "m3u"\nstream_hosts = ["cdn.example", "keys.example"]\n')
    expect(hosts).toMatchObject({ form: { stream_hosts: ['cdn.example', 'keys.example'], others: [] } })
    expect(readForm(tool)).toMatchObject({ form: { command: ['./a b', '$HOME', 'x\\y'], others: [] } })
    expect(tool).toContain('# mine')
  })
})

describe("a dry run's report", () => {
  const trial: Trial = {
    streams: [feed(true), { ...feed(null), title: '', quality: '' }],
    count: 2,
    steps: [
      { what: 'request', method: 'GET', url: 'https://h/api?…', status: 403, duration_ms: 12, bytes: 1234, yield: 0, error: 'answered 403' },
      { what: 'values of the query', method: '', url: '', status: 0, duration_ms: 0, bytes: 0, yield: 2, error: '' },
    ],
    error: null,
  } // prettier-ignore
  it.each([
    [{ what: 'find', yield: 4 }, 'find: 4'],
    [{ what: 'file', url: '/home/me/list.m3u', bytes: 84, duration_ms: 2 }, 'file list.m3u: 84 B, 2 ms'],
    [{ what: 'file', url: '/home/me/list.m3u', error: 'it is not there' }, 'file list.m3u'],
    [{ what: 'ran yt-dlp', bytes: 900, duration_ms: 1200, error: 'exit 1' }, 'ran yt-dlp: 900 B, 1.2 s'],
  ])('shows %j as "%s"', (step, text) => {
    const none = { what: '', method: '', url: '', status: 0, duration_ms: 0, bytes: 0, yield: 0, error: '' }
    expect(outcome({ ...none, ...step })).toBe(text)
  })

  it('contains the steps and the feeds, and no token', () => {
    const name = 'Club TV https://cdn.test/a?token=SECRET'
    const redacted = { ...trial, name: 'Club TV https://cdn.test/a?…' }
    const text = reportText({ name, kind: 'json', at: new Date(0), took: 1500, trial: redacted })
    expect(text).toContain('Gridwall dry run: Club TV https://cdn.test/a?… (json)')
    expect(text).not.toMatch(/SECRET|secret-path/)
    expect(text).toContain('GET https://h/api?… answered 403, 1.2 kB, 12 ms; answered 403')
    expect(text).toContain('values of the query: 2')
    expect(text).toContain('World, 720p, live, cdn.test')
    expect(text).toContain('untitled, not checked, cdn.test')
  })
  it('shows numbers with their units', () => {
    expect([bytes(0), bytes(999), bytes(1000), bytes(999_600), bytes(2e9)]).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.0 MB',
      '2.0 GB',
    ])
    const now = Date.parse('2026-03-08T12:02:30Z')
    expect(ago('2026-03-08T12:00:00Z', now)).toBe('2 min ago')
    expect(ago('2026-03-08T12:02:29Z', now)).toBe('just now')
    expect(ago('2026-03-01T12:00:00Z', now)).toBe('7 days ago')
  })
})
