/** An error as the facade tells it: what is wrong, where, and how to mend it. */
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

/** Turns whatever was thrown into an ApiError. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  if (isSaid(thrown)) return new ApiError(thrown.code, thrown.message)
  if (thrown instanceof Error) return new ApiError('internal', thrown.message)
  return new ApiError('internal', String(thrown))
}

/** The text of whatever was thrown, to be shown. */
export function messageOf(thrown: unknown): string {
  return asApiError(thrown).message
}
