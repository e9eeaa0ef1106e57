import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Builds the program once for all tests, unless GRIDWALL_BINARY names one. */
export default function build(): (() => void) | undefined {
  if (process.env['GRIDWALL_BINARY']) return undefined
  const root = join(import.meta.dirname, '..', '..')
  if (!existsSync(join(root, 'frontend', 'dist', 'index.html')))
    throw new Error('The page is not built: run build/page')
  const dir = mkdtempSync(join(tmpdir(), 'gridwall-playwright-'))
  const binary = join(dir, 'gridwall')
  execFileSync('go', ['build', '-o', binary, '.'], {
    cwd: root,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.env['GRIDWALL_BINARY'] = binary
  return () => rmSync(dir, { recursive: true, force: true })
}
