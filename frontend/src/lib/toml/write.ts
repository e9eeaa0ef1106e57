// Values and keys as TOML.

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/ // eslint-disable-line no-control-regex

/** A key, quoted if necessary. */
export const tomlKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : basic(key))

function basic(s: string): string {
  const short: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' }
  // eslint-disable-next-line no-control-regex
  const escaped = s.replace(/["\\\u0000-\u001f\u007f]/g, (c) => {
    return short[c] ?? '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()
  })
  return `"${escaped}"`
}

/**
 * A string, a list of strings or a boolean as TOML. Texts of several lines and those with backslashes are literal where
 * possible, because they are programs and regular expressions that people read.
 */
export function tomlValue(v: string | boolean | readonly string[]): string {
  if (typeof v === 'boolean') return String(v)
  if (typeof v !== 'string') return `[${v.map((s) => tomlValue(s)).join(', ')}]`
  if (!CONTROL.test(v)) {
    if (v.includes('\n')) {
      if (!v.includes("'''") && !v.endsWith("'")) return `'''\n${v}'''`
    } else if (/[\\"]/.test(v) && !v.includes("'")) return `'${v}'`
  }
  return basic(v)
}
