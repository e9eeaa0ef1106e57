declare module 'subset-font' {
  /** Reduces a font to the glyphs of `text`; subset-font 2.9, README. */
  export default function subsetFont(
    font: Buffer,
    text: string,
    options?: { targetFormat?: 'sfnt' | 'woff' | 'woff2' },
  ): Promise<Buffer>
}
