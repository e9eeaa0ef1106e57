import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** A source file of one feed. */
export const direct = (url: string, title: string): string =>
  `kind = "direct"\nallow_private = true\n[[stream]]\nurl = "${url}"\ntitle = "${title}"\n`

/**
 * Starts an origin of internal/testorigin: live low-latency HLS, or a recording of a minute with two audio renditions and
 * subtitles. GRIDWALL_TESTORIGIN names the program; without it, it is built. Returns the URL of its multivariant playlist,
 * and a function that ends it.
 */
export async function origin(name: 'lowlatency' | 'recording'): Promise<{ url: string; stop: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'gridwall-origin-'))
  const binary = process.env['GRIDWALL_TESTORIGIN'] ?? join(dir, 'testorigin')
  if (!process.env['GRIDWALL_TESTORIGIN'])
    execFileSync('go', ['build', '-o', binary, './build/tools/testorigin'], { cwd: root })
  const child = spawn(binary, [name], { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (d: Buffer) => resolve(d.toString().trim()))
    child.once('exit', () => reject(new Error(`the origin ${name} has ended`)))
  })
  return {
    url,
    stop: () => {
      child.stdin.end()
      child.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    },
  }
}
