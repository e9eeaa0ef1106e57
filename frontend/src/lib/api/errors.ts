/** An error of the API: what is wrong, where, and how to fix it. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** The code of an error that arose on the way: the server is not there. */
export const UNREACHABLE = 'unreachable'

interface Said {
  code: string
  message: string
}

function isSaid(v: unknown): v is Said {
  if (typeof v !== 'object' || v === null) return false
  const o = v as Partial<Said>
  return typeof o.code === 'string' && typeof o.message === 'string'
}

/** Reads an error's text. The window's bindings make an Error of the JSON that they are sent, code and message. */
function fromText(text: string): ApiError {
  if (text.startsWith('{')) {
    try {
      const said: unknown = JSON.parse(text)
      if (isSaid(said)) return new ApiError(said.code, said.message)
    } catch {
      // a text that only looks like JSON
    }
  }
  return new ApiError('internal', text)
}

/** Turns whatever was thrown into an ApiError. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  if (isSaid(thrown)) return new ApiError(thrown.code, thrown.message)
  if (thrown instanceof Error) return fromText(thrown.message)
  return new ApiError('internal', String(thrown))
}

/** The text of whatever was thrown, to be shown. */
export function messageOf(thrown: unknown): string {
  return asApiError(thrown).message
}
