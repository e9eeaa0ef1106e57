// Decodes the text of a file: lists come in many encodings, and compressed.

/** The maximum size of a compressed file after unpacking, in bytes. */
const MAX_UNPACKED = 32 << 20
/** The number of bytes that are checked for UTF-16 without a byte order mark. */
const LOOKED_AT = 64

export class TooLarge extends Error {}

/** Reads text: gzip, UTF-16 and UTF-8 with or without a byte order mark, else Windows-1252. Throws TooLarge or the error of unpacking. */
export async function textOf(file: Blob): Promise<string> {
  let bytes = new Uint8Array(await file.arrayBuffer())
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await unzipped(bytes)
  const encoding = encodingOf(bytes)
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The encoding that the bytes indicate; undefined: UTF-8 or a single-byte encoding. */
function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const head = [...bytes.subarray(0, LOOKED_AT)]
  const zeros = (odd: number) => head.filter((b, i) => i % 2 === odd && b === 0).length
  // Lists and source files start with ASCII: in UTF-16 every other byte is zero.
  if (head.length >= 4 && zeros(1) > head.length / 3 && zeros(0) === 0) return 'utf-16le'
  if (head.length >= 4 && zeros(0) > head.length / 3 && zeros(1) === 0) return 'utf-16be'
  return undefined
}

async function unzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; ;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > MAX_UNPACKED) {
      void reader.cancel()
      throw new TooLarge()
    }
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}
