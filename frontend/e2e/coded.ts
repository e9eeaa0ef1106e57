import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'

const root = join(import.meta.dirname, '..', '..')

/** The length of a coded frame, in ms. */
export const FRAME = 40

/** What a video of the wall shows, as internal/codedfeed/script.js reads it. */
export interface Shown {
  title: string
  /** The page's clock when it was read, in ms since 1970. */
  now: number
  /** The number of the coded frame; null if none can be read. */
  frame: number | null
  at: number
  rate: number
  paused: boolean
  ready: number
}

declare global {
  var gridwallCoded: () => Shown[]
}

/** An origin of internal/codedfeed: live feeds whose pictures and sound carry their time. */
export interface Coded {
  url: string
  /** When frame 0 was "filmed", in ms since 1970, by the origin's clock, which is that of this machine. */
  began: number
  /** A source file that lists its feeds, with tokens that live that long (Go's form: 60s). */
  source: (life?: string) => string
  /** Switches a fault of a feed on or off: stall=10s, date=3h, date=none, latency=4s; see internal/codedfeed. */
  set: (feed: string, fault: string) => Promise<void>
  /** Makes all tokens invalid that were handed out before. */
  revoke: () => Promise<void>
  stop: () => void
}

/**
 * Starts an origin. Each feed is a latency in seconds, with ":SEED" for another sound (0: none): '2' is the feed coded-2s,
 * '8:7' the feed coded-8s-7, '2/other' is encoded otherwise, and '2/mp3' has MP3 for sound. GRIDWALL_CODEDFEED names the program; without it, it is built.
 */
export async function coded(...feeds: string[]): Promise<Coded> {
  const dir = mkdtempSync(join(tmpdir(), 'gridwall-coded-'))
  const binary = process.env['GRIDWALL_CODEDFEED'] ?? join(dir, 'codedfeed')
  if (!process.env['GRIDWALL_CODEDFEED'])
    execFileSync('go', ['build', '-o', binary, './build/tools/codedfeed'], { cwd: root })
  const child = spawn(binary, feeds, { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (d: Buffer) => resolve(d.toString().trim()))
    child.once('exit', () => reject(new Error('the coded feeds have ended')))
  })
  const post = async (path: string) => {
    const answer = await fetch(`${url}/${path}`, { method: 'POST' })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  }
  const { began } = (await (await fetch(`${url}/clock`)).json()) as { began: number }
  return {
    url,
    began,
    source: (life = '5m') => `kind = "m3u"\nallow_private = true\nurl = "${url}/feeds.m3u?life=${life}"\n`,
    set: (feed, fault) => post(`${feed}/switch?${fault}`),
    revoke: () => post('revoke'),
    stop: () => {
      child.stdin.end()
      child.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    },
  }
}

/** Makes a page able to read coded frames; call it before the page is opened. */
export async function readsCoded(page: Page): Promise<void> {
  await page.addInitScript(readFileSync(join(root, 'internal', 'codedfeed', 'script.js'), 'utf8'))
}

/** The frames that all videos of the wall show at one instant. */
export const shown = (page: Page): Promise<Shown[]> => page.evaluate(() => globalThis.gridwallCoded())

export interface Watched {
  /** The longest time without a new picture, in ms, and the number of looks that found no picture at all. */
  longest: number
  black: number
  looks: number
}

/** Watches the pictures of the wall's first tile until the returned function is called. */
export async function watchCoded(page: Page): Promise<() => Promise<Watched>> {
  await page.evaluate(() => {
    const seen = { longest: 0, black: 0, looks: 0, frame: -1 as number | null, at: performance.now() }
    Object.assign(window, { seen })
    setInterval(() => {
      const now = performance.now()
      const frame = globalThis.gridwallCoded()[0]?.frame ?? null
      seen.looks++
      if (frame === null) seen.black++
      if (frame !== null && frame !== seen.frame) Object.assign(seen, { frame, at: now })
      else seen.longest = Math.max(seen.longest, now - seen.at)
    }, 50)
  })
  return () => page.evaluate(() => (window as unknown as { seen: Watched }).seen)
}
