import { expect, it } from 'vitest'
import { isWebKitGtk } from './webview'

it('WebKitGTK is recognised', () => {
  const gtk =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/605.1.15'
  expect(isWebKitGtk(gtk)).toBe(true)
  expect(
    isWebKitGtk(
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    ),
  ).toBe(false)
  expect(
    isWebKitGtk(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15',
    ),
  ).toBe(false)
})
