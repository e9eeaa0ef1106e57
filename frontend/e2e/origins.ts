import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** A source file of one feed. */
export const direct = (url: string, title: string): string =>
  `kind = "direct"\nallow_private = true\n[[stream]]\nurl = "${url}"\ntitle = "${title}"\n`

/**
 * Starts one of the origins that Gridwall's own commands are: a live one of low-latency HLS, or a recording of a minute
 * with two sounds and subtitles. Returns its address and what ends it.
 */
export async function origin(
  command: 'lowlatency' | 'recording',
): Promise<{ url: string; stop: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'gridwall-origin-'))
  const binary = join(dir, command)
  execFileSync('go', ['build', '-o', binary, `./build/${command}`], { cwd: root })
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (d: Buffer) => resolve(d.toString().trim()))
    child.once('exit', () => reject(new Error(`the origin ${command} has ended`)))
  })
  return {
    url,
    stop: () => {
      child.stdin.end()
      child.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    },
  }
}
