import { asApiError } from './errors'

type Bound = (...args: never[]) => Promise<unknown>

/** The functions of a binding that Wails generated, with their names in lower camel case. */
export type Methods<B> = { [K in keyof B & string as Uncapitalize<K>]: B[K] }

/** Makes the functions of a binding reject with an ApiError. */
export function methods<B extends object>(binding: B): Methods<B> {
  return Object.fromEntries(
    Object.entries(binding).map(([name, bound]: [string, Bound]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      async (...args: never[]) => {
        try {
          return await bound(...args)
        } catch (thrown) {
          throw asApiError(thrown)
        }
      },
    ]),
  ) as Methods<B>
}

/** What Wails adds to the page's global object. */
export interface WailsWindow {
  go?: { desktop?: { Facade?: object } }
  runtime?: {
    EventsOn(name: string, call: (...data: unknown[]) => void): () => void
    BrowserOpenURL(url: string): void
  }
}

export const wails = (): WailsWindow => window as WailsWindow

/** Whether this page is shown by Gridwall's own window. */
export const inWindow = (): boolean => wails().go?.desktop !== undefined
/** Whether that window belongs to another process than the program: a second window. */
export const inSecondWindow = (): boolean => inWindow() && wails().go?.desktop?.Facade === undefined
