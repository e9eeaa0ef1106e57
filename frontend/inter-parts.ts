import type { Plugin } from 'vite'
import subsetFont from 'subset-font'

/** The file of Inter's further Latin letters holds a thousand that no calendar and no channel list needs. */
const FURTHER = /inter-latin-ext-wght-normal[^/]*\.woff2$/

/** What stays of it: Latin Extended-A (Łódź, Çağrı, Győr) and Romanian's letters. app.css names the same range. */
const LETTERS = [...range(0x0100, 0x017f), ...range(0x0218, 0x021b)]

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i))
}

/** Ships no more of Inter than is read: 14 kB instead of 85. */
export const interParts: Plugin = {
  name: 'gridwall:inter-parts',
  apply: 'build',
  async generateBundle(_, bundle) {
    const fonts = Object.values(bundle).filter((file) => file.type === 'asset' && FURTHER.test(file.fileName))
    if (fonts.length !== 1) this.error(`${fonts.length} files look like Inter's further letters, not one`)
    for (const font of fonts) {
      if (font.type !== 'asset') continue
      font.source = await subsetFont(Buffer.from(font.source), LETTERS.join(''), { targetFormat: 'woff2' })
    }
  },
}
