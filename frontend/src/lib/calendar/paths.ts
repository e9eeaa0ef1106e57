import type { About } from '../api'

/** Where config.toml lies; "" until that is known. */
export function configFile(about: About | undefined): string {
  if (!about) return ''
  const separator = about.os === 'windows' ? '\\' : '/'
  return `${about.paths.config}${separator}config.toml`
}

/** Where calendar apps read the season: of these series, or of all. */
export function feedAddress(base: string, series: readonly string[]): string {
  const filter = series.length === 0 ? '' : `?series=${series.map(encodeURIComponent).join(',')}`
  return `${base}/api/v1/schedule.ics${filter}`
}
