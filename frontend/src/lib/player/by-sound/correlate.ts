// How far two sounds are apart, from their envelopes: without players, clocks and WebAudio.

/** Envelope values a second. */
export const RATE = 100
/** The largest shift that is looked for, in s. */
export const MOST_SHIFT = 20
/** How much of both must overlap, in s. */
const OVERLAP = 20
/** A peak this near to the best one, in s, belongs to it. */
const SAME_PEAK = 0.5
/** The correlation of the same sound at least, and how much of it any other shift may have at most. */
const LEAST = 0.45
const MOST_SECOND = 0.75
/** The range of the mean that is taken away, in s: what remains is what changes quickly, whatever the loudness. */
const SLOW = 1
/** Less than this much change is silence. */
const SILENT = 0.05

export interface Match {
  /** The second sound at its time t is the first at t + shift, in s. */
  shift: number
  /** The normalised correlation there, 0 to 1. */
  confidence: number
}

/** Finds the shift of two envelopes; null: they are not the same sound, or too short, silent or repetitive to tell. */
export function correlate(first: Float32Array, second: Float32Array): Match | null {
  const [a, b] = [shape(first), shape(second)]
  if (!a || !b) return null
  const most = MOST_SHIFT * RATE
  const scores = new Float32Array(2 * most + 1)
  for (let lag = -most; lag <= most; lag++) scores[lag + most] = score(a, b, lag)
  const best = scores.reduce((top, s, i) => (s > (scores[top] ?? 0) ? i : top), 0)
  const top = scores[best] ?? 0
  const second2 = scores.reduce(
    (max, s, i) => (Math.abs(i - best) > SAME_PEAK * RATE ? Math.max(max, s) : max),
    0,
  )
  if (top < LEAST || second2 > MOST_SECOND * top) return null
  const [left, right] = [scores[best - 1] ?? top, scores[best + 1] ?? top]
  const curve = left - 2 * top + right
  const between = curve === 0 ? 0 : Math.min(0.5, Math.max(-0.5, (left - right) / (2 * curve)))
  return { shift: (best - most + between) / RATE, confidence: Math.min(1, top) }
}

/** The normalised correlation of b with a, shifted by some values; 0 if too little overlaps. */
function score(a: Float32Array, b: Float32Array, lag: number): number {
  const from = Math.max(0, -lag)
  const to = Math.min(b.length, a.length - lag)
  if (to - from < OVERLAP * RATE) return 0
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = from; i < to; i++) {
    const [x, y] = [a[i + lag] as number, b[i] as number]
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}

/** What changes quickly in an envelope, on a logarithmic scale; undefined: nothing does. */
function shape(envelope: Float32Array): Float32Array | undefined {
  const peak = envelope.reduce((max, v) => (Number.isFinite(v) ? Math.max(max, v) : max), 0)
  if (peak === 0) return undefined
  // Relative to the loudest moment, and with a floor, below which there is only noise.
  const logs = envelope.map((v) => Math.log(0.03 + (Number.isFinite(v) ? v : 0) / peak))
  const half = (SLOW * RATE) / 2
  const sums = new Float64Array(logs.length + 1)
  logs.forEach((v, i) => (sums[i + 1] = (sums[i] ?? 0) + v))
  const out = logs.map((v, i) => {
    const [from, to] = [Math.max(0, i - half), Math.min(logs.length, i + half)]
    return v - ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from)
  })
  const power = out.reduce((sum, v) => sum + v * v, 0) / out.length
  return power < SILENT * SILENT ? undefined : out
}
