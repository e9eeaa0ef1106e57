import type { About } from '../api'

/** Where config.toml lies; "" until that is known. */
export function configFile(about: About | undefined): string {
  if (!about) return ''
  const separator = about.os === 'windows' ? '\\' : '/'
  return `${about.paths.config}${separator}config.toml`
}
