// @vitest-environment node
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { textOf, TooLarge } from './decode'

const LIST = '#EXTM3U\n#EXTINF:-1 group-title="Motör",Großer Preis\nhttp://cdn.example/w.m3u8\n'
const utf16 = (text: string, little: boolean, mark: boolean) => {
  const units = [...(mark ? '\ufeff' : ''), ...text].map((c) => c.charCodeAt(0))
  return new Uint8Array(units.flatMap((u) => (little ? [u & 255, u >> 8] : [u >> 8, u & 255])))
}
const latin1 = (text: string) => new Uint8Array([...text].map((c) => c.charCodeAt(0)))
const utf8 = (text: string) => new TextEncoder().encode(text)

it.each<[string, Uint8Array<ArrayBuffer>, string]>([
  ['UTF-8', utf8(LIST), LIST],
  ['UTF-8 with a mark', utf8('\ufeff' + LIST), LIST],
  ['Latin-1', latin1(LIST), LIST],
  ['UTF-16, little end first', utf16(LIST, true, true), LIST],
  ['UTF-16, big end first', utf16(LIST, false, true), LIST],
  ['UTF-16 without a mark', utf16(LIST, true, false), LIST],
  ['UTF-16 without a mark, big end first', utf16(LIST, false, false), LIST],
  ['gzip', new Uint8Array(gzipSync(LIST)), LIST],
  ['gzip of UTF-16', new Uint8Array(gzipSync(utf16(LIST, true, true))), LIST],
  ['nothing', new Uint8Array(), ''],
])('a list in %s is decoded', async (_name, bytes, want) => {
  expect(await textOf(new Blob([bytes]))).toBe(want)
})

it('a file that would unpack to more than the limit is refused', async () => {
  const bomb = gzipSync(new Uint8Array(40 << 20))
  await expect(textOf(new Blob([new Uint8Array(bomb)]))).rejects.toThrow(TooLarge)
})
