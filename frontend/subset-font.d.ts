declare module 'subset-font' {
  /** Keeps of a font what `text` needs; subset-font 2.9, README. */
  export default function subsetFont(
    font: Buffer,
    text: string,
    options?: { targetFormat?: 'sfnt' | 'woff' | 'woff2' },
  ): Promise<Buffer>
}
