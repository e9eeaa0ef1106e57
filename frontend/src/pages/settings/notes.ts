import type { About } from '$lib/api'
import type { ShellState } from '$lib/shell/shell'
import type { Field, Option } from './fields'

interface Known {
  inWindow: boolean
  about: About | undefined
  shell: ShellState | undefined
}

const NAMES: Record<string, string> = { mpv: 'mpv', vlc: 'VLC' }

/** A note on a setting that depends on this machine. */
export function note(key: string, value: string, { inWindow, about, shell }: Known): string {
  if (key === 'ui.close_to_tray' && shell && !shell.tray)
    return 'This desktop has no tray, so closing the window quits Gridwall.'
  if (key === 'ui.start_at_login' && shell && !shell.tray)
    return 'This desktop has no tray, so the window opens at login.'
  if (key !== 'ui.player') return ''
  if (!inWindow)
    return 'Only the Gridwall window can start a player. A browser copies the feed’s address instead.'
  if (!about || about.players.includes(value)) return ''
  const other = about.players.find((p) => p !== value)
  const name = NAMES[value] ?? value
  return other === undefined
    ? `${name} is not installed, and no other supported player is.`
    : `${name} is not installed; ${NAMES[other] ?? other} is.`
}

/** The options of a choice; players say whether they are installed. */
export function optionsOf(f: Field & { options: Option[] }, about: About | undefined, value = ''): Option[] {
  // A value that was set elsewhere is shown although it is not a preset.
  if (value !== '' && !f.options.some((o) => o.value === value))
    return [...f.options, { value, label: value }]
  if (f.key !== 'ui.player' || !about) return f.options
  return f.options.map((o) => ({
    ...o,
    label: about.players.includes(o.value) ? `${o.label} (installed)` : `${o.label} (not installed)`,
  }))
}
