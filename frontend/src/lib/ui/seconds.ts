/** What was typed as a number of seconds: the seconds (null: nothing was typed), or why it cannot be used, as a sentence. */
export type Typed = { seconds: number | null } | { why: string }

const NUMBER = /^([+−-]?)(\d+(?:[.,]\d*)?|[.,]\d+)$/

/** Reads a number of seconds with a decimal point or comma. `empty`: whether the field may be empty. */
export function readSeconds(text: string, least: number, most: number, empty = false): Typed {
  const typed = text.trim().replace(/\s*s$/i, '')
  if (typed === '' && empty) return { seconds: null }
  const [, sign = '', digits] = NUMBER.exec(typed) ?? []
  if (digits === undefined)
    return {
      why:
        typed === ''
          ? 'Enter a number of seconds, such as 12.5.'
          : `“${text.trim()}” is not a number of seconds. Enter one such as 12.5.`,
    }
  const size = Number(digits.replace(',', '.'))
  const seconds = sign === '' || sign === '+' ? size : 0 - size
  if (seconds < least || seconds > most) return { why: `Enter ${least} to ${most} s.`.replace('-', '−') }
  return { seconds }
}
