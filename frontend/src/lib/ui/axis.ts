// The labels of a plot's axes.

/** The least room for the labels of a value axis, in px, so that plots with short ones are aligned. */
const LEAST_ROOM = 62
/** Beside a label, in px. */
const GAPS = 12

/** The room for the labels of a value axis, in px: that of the widest, so that none is cut off. */
export function roomFor(labels: readonly string[] | null, width: (label: string) => number): number {
  return Math.max(LEAST_ROOM, ...(labels ?? []).map((l) => Math.ceil(width(l)) + GAPS))
}

/** The labels of some ticks; one that is the same as the last, because it is rounded, is left out. */
export function tickLabels(ticks: readonly number[], format: (value: number) => string): string[] {
  const labels = ticks.map(format)
  return labels.map((l, i) => (l === labels[i - 1] ? '' : l))
}

/**
 * A time, in s since 1970, as the label of a tick: with 24 hours, as all times of the page, and with seconds if the ticks are less
 * than a minute apart.
 */
export const tickTime = (at: number, step: number): string =>
  new Date(at * 1000).toLocaleTimeString('en-GB').slice(0, step < 60 ? 8 : 5)
