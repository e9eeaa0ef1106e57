/** An error of the API; its message says what is wrong, where, and how to fix it. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** The code of an error without an answer: the server cannot be reached. */
export const UNREACHABLE = 'unreachable'

interface ErrorBody {
  code: string
  message: string
}

function isErrorBody(v: unknown): v is ErrorBody {
  if (typeof v !== 'object' || v === null) return false
  const o = v as Partial<ErrorBody>
  return typeof o.code === 'string' && typeof o.message === 'string'
}

/** Reads an error's text. The window's bindings wrap the JSON with code and message in an Error. */
function fromText(text: string): ApiError {
  if (text.startsWith('{')) {
    try {
      const body: unknown = JSON.parse(text)
      if (isErrorBody(body)) return new ApiError(body.code, body.message)
    } catch {
      // The text only looks like JSON.
    }
  }
  return new ApiError('internal', text)
}

/** Turns whatever was thrown into an ApiError. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  if (isErrorBody(thrown)) return new ApiError(thrown.code, thrown.message)
  if (thrown instanceof Error) return fromText(thrown.message)
  return new ApiError('internal', String(thrown))
}

/** The message of whatever was thrown, to show to the user. */
export function messageOf(thrown: unknown): string {
  return asApiError(thrown).message
}
