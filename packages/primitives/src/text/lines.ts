// Text of files that people hand over, whichever program saved it.

/**
 * Decodes a file's text: UTF-8, or UTF-16 where a byte order mark says so, as spreadsheets save "Unicode text". The mark is
 * no part of the text.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/** Cuts a text into its lines, ended as on any system; a byte order mark that was left is no part of the first. */
export function textLines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
}
