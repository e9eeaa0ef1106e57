// Parts of stored documents. Other programs can write those, so that each part is checked or cut when it is read.

export type Fields = Record<string, unknown>
export const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)

/** The most characters of a title, and of other texts. */
export const MOST_TEXT = 300

/** The first characters of a text, at most `most`. A character of two code units is not cut in two. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join('')

/** A text, cut; "" for anything else. */
export const text = (v: unknown, most = MOST_TEXT): string => (typeof v === 'string' ? cut(v, most) : '')

/** The id of a stream; "" for anything else. */
export const streamID = (v: unknown): string =>
  typeof v === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(v) ? v : ''

/** One line without invisible characters: line ends, control and direction marks. The server cleans names in the same way. */
export const singleLine = (text: string): string =>
  text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(/\p{Cc}/gu, '')
    .replace(/ {2,}/g, ' ')
    .trim()
