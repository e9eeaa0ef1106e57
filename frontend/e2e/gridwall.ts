import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long the program may take to start or to end, in ms. */
const TIMEOUT = 20_000

export interface ActiveFeed {
  id: string
  title: string
  refresh_count: number
  last_error: string
}

/** The real program, headless, with its own folders and port. */
export class Gridwall {
  /** Where it serves: http://127.0.0.1:PORT. A restart keeps the port. */
  url = ''
  readonly dir = mkdtempSync(join(tmpdir(), 'gridwall-e2e-'))
  /** Further environment variables, from the next start on. */
  env: Record<string, string> = {}
  #demo: boolean
  #process: ChildProcess | undefined
  #log = ''

  constructor(demo: boolean) {
    this.#demo = demo
    mkdirSync(join(this.dir, 'config', 'sources'), { recursive: true })
    mkdirSync(join(this.dir, 'data'))
    // Without the demo it would fetch the real calendar, which is not reachable here.
    if (!demo) this.writeConfig('schedule = []\n')
  }

  /** Writes sources/NAME.toml, as a user would with an editor. */
  writeSource(name: string, text: string): void {
    writeFileSync(join(this.dir, 'config', 'sources', `${name}.toml`), text)
  }
  writeConfig(text: string): void {
    writeFileSync(join(this.dir, 'config', 'config.toml'), text)
  }

  /** Starts it, or restarts it at the same address. */
  async start(): Promise<void> {
    const binary = process.env['GRIDWALL_BINARY']
    if (!binary) throw new Error('GRIDWALL_BINARY is not set')
    const listen = this.url === '' ? '127.0.0.1:0' : new URL(this.url).host
    const folders = ['--config', join(this.dir, 'config'), '--data', join(this.dir, 'data')]
    const child = spawn(
      binary,
      ['serve', '--listen', listen, ...folders, ...(this.#demo ? ['--demo'] : [])],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, XDG_STATE_HOME: join(this.dir, 'state'), ...this.env },
      },
    )
    this.#process = child
    child.stderr.on('data', (d: Buffer) => (this.#log += d.toString()))
    this.url = await new Promise((resolve, reject) => {
      let output = ''
      const late = setTimeout(() => reject(new Error(`it does not serve:\n${this.#log}`)), TIMEOUT)
      child.stdout.on('data', (d: Buffer) => {
        output += d.toString()
        const url = /^listening on (\S+)$/m.exec(output)?.[1]
        if (!url) return
        clearTimeout(late)
        resolve(url)
      })
      child.once('exit', () => reject(new Error(`it has ended:\n${this.#log}`)))
    })
  }

  /** Ends it with SIGTERM or SIGKILL; resolves when it has ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), TIMEOUT)
    await ended
    clearTimeout(late)
  }

  /** Ends it and removes its folders. */
  async remove(): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** The end of its log. */
  get log(): string {
    return this.#log.slice(-4000)
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.url + path)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  async post(path: string, body: unknown): Promise<void> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }
  async active(): Promise<ActiveFeed[]> {
    return (await this.get<{ active: ActiveFeed[] }>('/api/v1/active')).active
  }
}
