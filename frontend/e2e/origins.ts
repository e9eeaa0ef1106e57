import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** A source file of one feed. */
export const direct = (url: string, title: string): string =>
  `kind = "direct"\nallow_private = true\n[[stream]]\nurl = "${url}"\ntitle = "${title}"\n`

/** Starts the live origin of low-latency HLS; returns its address and what ends it. */
export async function lowLatency(): Promise<{ url: string; stop: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'gridwall-ll-'))
  const binary = join(dir, 'lowlatency')
  execFileSync('go', ['build', '-o', binary, './build/lowlatency'], { cwd: root })
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (d: Buffer) => resolve(d.toString().trim()))
    child.once('exit', () => reject(new Error('the low-latency origin has ended')))
  })
  return {
    url,
    stop: () => {
      child.stdin.end()
      child.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    },
  }
}

/** A recording of 60 s with two sounds and subtitles, as ffmpeg makes it, served as files. */
export class Recording {
  readonly #dir = mkdtempSync(join(tmpdir(), 'gridwall-recording-'))
  #server: Server | undefined

  async start(): Promise<string> {
    const subtitles = join(this.#dir, 'subs.srt')
    const time = (n: number) => `00:00:${String(n).padStart(2, '0')},000`
    const cues = Array.from(
      { length: 29 },
      (_, i) => `${i + 1}\n${time(2 * i)} --> ${time(2 * i + 2)}\nBox, box\n`,
    )
    writeFileSync(subtitles, cues.join('\n'))
    const out = join(this.#dir, 'hls')
    mkdirSync(out)
    // prettier-ignore
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25',
      '-f', 'lavfi', '-i', 'sine=frequency=330', '-f', 'lavfi', '-i', 'sine=frequency=550', '-i', subtitles, '-t', '60',
      '-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3:s', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p',
      '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-c:a', 'aac', '-c:s', 'webvtt', '-f', 'hls', '-hls_time', '2',
      '-hls_list_size', '0', '-hls_playlist_type', 'vod', '-master_pl_name', 'master.m3u8', '-var_stream_map',
      'v:0,s:0,agroup:a,sgroup:subs a:0,agroup:a,language:en,name:World,default:yes a:1,agroup:a,language:de,name:Radio',
      join(out, '%v.m3u8')])
    this.#server = createServer((q, a) => {
      try {
        const body = readFileSync(join(out, (q.url ?? '').split('?')[0] ?? ''))
        a.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body)
      } catch {
        a.writeHead(404).end()
      }
    })
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/master.m3u8`
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
    rmSync(this.#dir, { recursive: true, force: true })
  }
}
