import type { About } from '../api'

/** The path of config.toml; "" until it is known. */
export function configFile(about: About | undefined): string {
  if (!about) return ''
  const separator = about.os === 'windows' ? '\\' : '/'
  return `${about.paths.config}${separator}config.toml`
}

/** The address of the iCalendar export for these series, or for all. */
export function feedAddress(base: string, series: readonly string[]): string {
  const filter = series.length === 0 ? '' : `?series=${series.map(encodeURIComponent).join(',')}`
  return `${base}/api/v1/schedule.ics${filter}`
}
