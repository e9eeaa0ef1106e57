import { flushSync } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError, type Client, type Extraction, type Guess, type Source, type Trial } from '../api'
import type { Shell } from '../shell/shell'
import { App } from './app.svelte'
import { tidyLink } from './linkguess.svelte'
import { DEMO, type Workbench } from './workbench.svelte'

/** A fake server with a folder of source files. It refuses texts that contain "broken". */
class Folder {
  files = new Map<string, string>()
  failed: Extraction['failed'] = []
  guess: (url: string) => Promise<Guess> = () => Promise.reject(new ApiError('upstream', 'no'))
  test: (text: string) => Promise<Trial> = async () => ({ streams: [], count: 0, steps: [], error: null })

  source(key: string): Source {
    const text = this.files.get(key) ?? ''
    const name = /name = "(.*)"/.exec(text)?.[1] ?? key
    const enabled = !text.includes('enabled = false')
    const run = { error: null, last_run: null, stream_count: 4, live_count: 3, running: false }
    return { key, name, kind: 'm3u', enabled, file: `/s/${key}.toml`, ...run }
  }
  #put(key: string, text: string): Source {
    if (text.includes('broken'))
      throw new ApiError('invalid', `sources/${key}.toml:2:1: unknown key "broken"`)
    this.files.set(key, text)
    return this.source(key)
  }
  client(): Client {
    const part: Partial<Client> = {
      sources: async () => ({ sources: [...this.files.keys()].map((k) => this.source(k)) }),
      sourceFile: async (key) => {
        const text = this.files.get(key)
        if (text === undefined) throw new ApiError('unknown_source', `no source has the key "${key}"`)
        return { text }
      },
      putSource: async (key, { text }) => this.#put(key, text),
      enableSource: async (key, { enabled }) =>
        this.#put(key, `enabled = ${enabled}\n${this.files.get(key)}`),
      deleteSource: async (key) => void this.files.delete(key),
      extract: async () => ({ streams: [], count: 0, failed: this.failed }),
      streamChanges: async () => ({ streams: [], gone: [], since: '1', whole: true, more: false, count: 0 }),
      guessSource: ({ url }) => this.guess(url),
      testSource: (_, file) => this.test(file?.text ?? ''),
    }
    return part as Client
  }
}

let folder: Folder
let app: App
let bench: Workbench
const toasts = () => app.notices.toasts.map((t) => t.text)
const CLUB = '# mine\nname = "Club TV"\nkind = "m3u"\nurl = "http://h/l.m3u"\n'

beforeEach(async () => {
  location.hash = ''
  folder = new Folder()
  folder.files.set('club', CLUB)
  app = new App(folder.client(), { window: false } as Shell)
  bench = app.bench
  await app.sources.load()
})

const club = () => folder.source('club')

describe('deleting', () => {
  it('can be undone: the same text is restored under the same key', async () => {
    await bench.delete(club())
    expect(folder.files.has('club')).toBe(false)
    const toast = app.notices.toasts.find((t) => t.action?.label === 'Undo')
    app.notices.act(toast?.id ?? 0)
    await expect.poll(() => folder.files.get('club')).toBe(CLUB)
    await expect.poll(toasts).toContain('Restored Club TV.')
  })

  it('loses no text: if the server refuses to restore a file with errors, it opens in the editor', async () => {
    folder.files.set('club', 'broken')
    await bench.delete(club())
    app.notices.act(app.notices.toasts[0]?.id ?? 0)
    await expect.poll(() => bench.editor?.text).toBe('broken')
    expect(bench.editor?.dirty).toBe(true)
    expect(bench.editor?.markedLine).toBe(2)
  })

  it('is refused if the text cannot be read first', async () => {
    const gone = { ...club(), key: 'other' }
    expect(await bench.delete(gone)).toBe(false)
    expect(folder.files.has('club')).toBe(true)
    expect(toasts()[0]).toContain('no source has the key')
  })
})

describe('a pasted link', () => {
  const guess: Guess = {
    key: 'site',
    kind: 'm3u',
    text: 'name = "site.test"\nkey = "site"\nkind = "m3u"\n',
    titles: ['A'],
    count: 1,
  }

  it('is saved under the chosen name and key, and run', async () => {
    folder.guess = async () => guess
    bench.guess.url = ' "https://site.test/l.m3u" '
    await bench.guess.find()
    expect(bench.guess.url).toBe('https://site.test/l.m3u')
    bench.guess.rename('My site')
    bench.guess.rekey('club')
    expect(bench.guess.keyProblem).toContain('club')
    await bench.saveGuess()
    expect(folder.files.get('club')).toBe(CLUB)
    bench.guess.rekey('mine')
    await bench.saveGuess()
    expect(folder.files.get('mine')).toBe('name = "My site"\nkey = "mine"\nkind = "m3u"\n')
    await expect.poll(toasts).toContain('Saved My site: 4 feeds, 3 live.')
    expect(bench.guess.guess).toBeUndefined()
  })

  it('that was cancelled ignores its late answer', async () => {
    let answer: (g: Guess) => void = () => undefined
    folder.guess = () => new Promise((done) => (answer = done))
    bench.guess.url = 'https://slow.test/'
    const search = bench.guess.find()
    expect(bench.guess.running).toBe(true)
    bench.guess.forget()
    answer(guess)
    await search
    expect(bench.guess.guess).toBeUndefined()
    expect(bench.guess.running).toBe(false)
  })

  it('to a private host leads to a source that allows private addresses', async () => {
    folder.guess = () =>
      Promise.reject(
        new ApiError('upstream', 'tv.test (10.0.0.1) is a private address; set allow_private = true'),
      )
    bench.guess.url = 'http://tv.test/one.m3u8'
    await bench.guess.find()
    expect(bench.guess.isPrivate).toBe(true)
    bench.byHand()
    expect(bench.editor?.form?.flags.allow_private).toBe(true)
    expect(bench.editor?.form?.streams[0]?.url).toBe('http://tv.test/one.m3u8')
  })

  it('may lack its scheme', () => {
    expect(tidyLink('example.org/a.m3u')).toBe('https://example.org/a.m3u')
    expect(tidyLink('192.168.1.5/a.m3u')).toBe('http://192.168.1.5/a.m3u')
    expect(tidyLink('nas.local:8080/a?b=1:2')).toBe('http://nas.local:8080/a?b=1:2')
    expect(tidyLink('<https://example.org/a>')).toBe('https://example.org/a')
  })
})

describe('the demo', () => {
  it('writes a source file, runs it, and opens the wall', async () => {
    await bench.demo()
    expect(folder.files.get('demo')).toBe(DEMO)
    expect(location.hash).toBe('#/watch')
  })
})

describe('a run', () => {
  it('that failed says why', async () => {
    folder.failed = [{ key: 'club', error: 'http://h/l.m3u answered 404 Not Found' }]
    await bench.run('club', 'Club TV')
    expect(toasts()).toEqual(['Club TV found nothing: http://h/l.m3u answered 404 Not Found'])
    expect(bench.since('club')).toBeUndefined()
  })
})

describe('the editor', () => {
  const edit = async () => {
    await bench.openFile(club())
    const { editor } = bench
    if (!editor) throw new Error('no editor')
    return editor
  }

  it('keeps comments when the form changes a value, and saves what the text says', async () => {
    const editor = await edit()
    expect(editor.dirty).toBe(false)
    editor.set('name', 'Club TV 2')
    editor.setFlag('enabled', false)
    editor.setHeader('headers', 'Referer', 'https://h/')
    flushSync()
    expect(editor.form?.headers).toEqual([{ name: 'Referer', value: 'https://h/' }])
    expect(await bench.saveEditor()).toBe(true)
    expect(folder.files.get('club')).toBe(
      '# mine\nname = "Club TV 2"\nkind = "m3u"\nurl = "http://h/l.m3u"\nenabled = false\n\n[headers]\nReferer = "https://h/"\n',
    )
    expect(bench.editor).toBeUndefined()
  })

  it('stays open with the line marked if the server refuses the text', async () => {
    const editor = await edit()
    editor.text = CLUB + 'broken = 1\n'
    expect(await bench.saveEditor()).toBe(false)
    expect(bench.editor).toBe(editor)
    expect(editor.problem?.message).toContain('sources/club.toml:2:1')
    expect(editor.markedLine).toBe(2)
    editor.text = '\n' + editor.text
    expect(editor.markedLine).toBe(0)
    expect(editor.problem).toBeDefined()
  })

  it('has a read-only form with the last values while the text has syntax errors', async () => {
    const editor = await edit()
    expect(editor.form?.text.name).toBe('Club TV')
    editor.text = 'name = "Club\n'
    expect(editor.unreadable?.line).toBe(1)
    expect(editor.form?.text.name).toBe('Club TV')
    editor.set('name', 'x')
    expect(editor.text).toBe('name = "Club\n')
  })

  it('says when a change cannot be made in the form', async () => {
    folder.files.set('club', 'kind = "m3u"\nheaders = { A = "x" }\n')
    const editor = await edit()
    editor.setHeader('headers', 'B', 'y')
    expect(editor.refused).toContain('Change it in the text')
    expect(editor.dirty).toBe(false)
  })

  it('warns before it overwrites a change that was made elsewhere', async () => {
    const editor = await edit()
    editor.set('name', 'Mine')
    folder.files.set('club', CLUB + '# theirs\n')
    expect(await bench.saveEditor()).toBe(false)
    expect(editor.problem?.message).toContain('changed elsewhere')
    expect(await bench.saveEditor()).toBe(true)
    expect(folder.files.get('club')).toContain('Mine')
  })

  it('turns keys of the old kind into comments', async () => {
    const editor = await edit()
    editor.setKind('direct')
    expect(editor.text).toBe(
      '# mine\nname = "Club TV"\nkind = "direct"\n# url = "http://h/l.m3u"\n\n[[stream]]\nurl = ""\n',
    )
  })

  it('derives the key of a new source from its name until one is chosen, and avoids keys in use', async () => {
    bench.openNew('m3u')
    const { editor } = bench
    editor?.set('name', 'Club')
    expect(editor?.key).toBe('club-2')
    editor?.setKey('club')
    expect(await bench.saveEditor()).toBe(false)
    expect(editor?.problem?.message).toContain('Another source has the key club')
    expect(folder.files.get('club')).toBe(CLUB)
    editor?.setKey('mine')
    editor?.set('name', 'Other')
    expect(editor?.key).toBe('mine')
    expect(await bench.saveEditor()).toBe(true)
    expect(folder.files.get('mine')).toContain('name = "Other"')
  })

  it('closes an untouched new source without confirmation', () => {
    bench.openNew('json')
    expect(bench.editor?.dirty).toBe(false)
    bench.editor?.setKind('m3u')
    expect(bench.editor?.dirty).toBe(false)
    expect(bench.editor?.text).toBe('name = ""\nkind = "m3u"\nurl = ""\n')
  })

  it('tests the current text, and shows an error at its line', async () => {
    const editor = await edit()
    const tried: string[] = []
    folder.test = async (text) => {
      tried.push(text)
      if (text.includes('bad')) throw new ApiError('invalid', 'sources/club.toml:3: bad query')
      return { streams: [], count: 0, steps: [], error: null }
    }
    editor.set('name', 'Not saved')
    await editor.try()
    expect(tried[0]).toContain('Not saved')
    expect(editor.dry.tried).toBeDefined()
    editor.set('name', 'bad')
    await editor.try()
    expect(editor.markedLine).toBe(3)
    expect(editor.dry.shown).toBe(false)
  })
})

describe('a dropped file', () => {
  it('that is a source opens in the editor without being saved', async () => {
    await bench.drop(new File([CLUB], 'Club.toml'))
    expect(bench.editor?.key).toBe('club-2')
    expect(bench.editor?.dirty).toBe(true)
    expect(folder.files.size).toBe(1)
  })
  it('that is a list is tested, and saved under the final key of its source', async () => {
    const sent: (string | undefined)[][] = []
    const { testSource, putSource } = app.client
    app.client.testSource = (key, file) => (sent.push(['try', key, file?.list]), testSource(key, file))
    app.client.putSource = (key, file) => (sent.push(['put', key, file.list]), putSource(key, file))
    await bench.drop(new File(['#EXTM3U'], 'My channels.m3u'))
    expect(bench.editor?.form?.text.url).toBe('my-channels.m3u')
    bench.editor?.setKey('channels')
    expect(bench.editor?.form?.text.url).toBe('channels.m3u')
    await bench.editor?.save()
    expect(sent).toEqual([
      ['try', 'my-channels', '#EXTM3U'],
      ['put', 'channels', '#EXTM3U'],
    ])
  })
  it('that contains an HLS tag is decoded and left to the server to judge', async () => {
    const sent: (string | undefined)[] = []
    const { testSource } = app.client
    app.client.testSource = (key, file) => (sent.push(file?.list), testSource(key, file))
    const list = '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:-1 tvg-id="a",Motör\nhttps://a.example/a.m3u8\n'
    await bench.drop(new File([Uint8Array.from(list, (c) => c.charCodeAt(0))], 'feed.m3u8'))
    expect(sent).toEqual([list])
    expect(bench.editor?.key).toBe('feed')
  })
})
