// Text of files that people hand over, whichever program saved it.

/**
 * Tells the encoding of a text by its first two bytes: UTF-8, or UTF-16 where a byte order mark says so, as spreadsheets save
 * "Unicode text".
 */
export function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** Decodes a file's text; a byte order mark is no part of it. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

/** Cuts a text into its lines, ended as on any system; a byte order mark that was left is no part of the first. */
export function textLines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
}
