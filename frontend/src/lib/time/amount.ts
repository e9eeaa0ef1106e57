// Durations and sizes as in config.toml (Go's durations, IEC and SI sizes), and as people read them.

const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/** Parses a duration such as 4m, 1h30m, 1.5h or 0, and returns it in ms; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const s = text.trim()
  if (s === '0') return 0
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(s)) return undefined
  let sum = 0
  for (const [, n, unit] of s.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g))
    sum += Number(n) * (UNITS[unit ?? ''] ?? 0)
  return sum
}

const WORDS: [name: string, ms: number][] = [
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** 4 minutes, 1 hour 30 minutes; any other text is unchanged. */
export function durationWords(text: string): string {
  let rest = parseDuration(text)
  if (rest === undefined || rest % 1_000 !== 0) return text
  if (rest === 0) return '0 seconds'
  const words: string[] = []
  for (const [name, ms] of WORDS) {
    const n = Math.floor(rest / ms)
    rest -= n * ms
    if (n > 0) words.push(`${n} ${name}${n === 1 ? '' : 's'}`)
  }
  return words.join(' ')
}

const SIZES: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Parses a size such as 256MiB, 1 GB or 1048576, and returns it in bytes; undefined for any other text. */
export function parseSize(text: string): number | undefined {
  const [, n, unit = ''] = /^\s*(\d+\.?\d*)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const factor = unit === '' ? 1 : SIZES[unit.toLowerCase()]
  return n === undefined || factor === undefined ? undefined : Math.floor(Number(n) * factor)
}

/** Separates number and unit: 256 MiB for 256MiB. */
export const sizeWords = (text: string): string =>
  parseSize(text) === undefined ? text : text.trim().replace(/^([\d.]+)\s*([a-z]+)$/i, '$1 $2')
