// Lines of a file that comes in chunks of bytes.
import { encodingOf } from '@hushgrid/primitives'
import { DataFormatError } from './data-format-error.ts'

/** Longest line that is still taken for text: a year of Green Button data may stand in one line. */
const LONGEST_LINE = 64 * 2 ** 20

/**
 * Cuts a stream of text or bytes into lines, wherever the chunks are cut. LF and CRLF end a line, a byte order mark
 * is dropped, a last line without an end counts.
 *
 * Bytes must be UTF-8, or UTF-16 with its mark. A zero character, bytes that are not UTF-8 and a line beyond 64 MiB are refused: no text file
 * of readings has them, a compressed or binary one has.
 */
export class LineSplitter {
  readonly #source: string
  readonly #online: (line: string, lineNumber: number) => void
  #decoder: TextDecoder | undefined
  /** First byte of the file, while it is all there is. */
  #head: Uint8Array | undefined
  #rest = ''
  #line = 0
  #started = false

  /**
   * @param source - the file's name, for errors
   * @param online - called with each line, without its end, and its number from 1
   */
  constructor(source: string, online: (line: string, lineNumber: number) => void) {
    this.#source = source
    this.#online = online
  }

  /** @throws DataFormatError where it is no text */
  push(chunk: string | Uint8Array): void {
    this.#take(typeof chunk === 'string' ? chunk : this.#decode(chunk))
  }

  /** The last line, if it has no end of its own. */
  end(): void {
    this.#take(this.#decode(undefined))
    if (this.#rest !== '') this.#give(this.#rest)
    this.#rest = ''
  }

  #decode(bytes: Uint8Array | undefined): string {
    const [held, all] = [this.#head, bytes && this.#head ? Uint8Array.of(...this.#head, ...bytes) : bytes]
    // The encoding shows in two bytes, and a chunk may be of one.
    this.#head = !this.#decoder && all && all.length < 2 ? all : undefined
    if (this.#head) return ''
    try {
      this.#decoder ??= new TextDecoder(encodingOf(all ?? Uint8Array.of()), { fatal: true, ignoreBOM: true })
      return all ? this.#decoder.decode(all, { stream: true }) : this.#decoder.decode(held)
    } catch {
      throw this.#binary('bytes that are not UTF-8')
    }
  }

  #take(text: string): void {
    if (text === '') return
    if (text.includes('\0')) throw this.#binary('a zero character')
    let at = 0
    if (!this.#started) {
      this.#started = true
      if (text.charCodeAt(0) === 0xfeff) at = 1
    }
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      this.#give(this.#rest + text.slice(at, end))
      this.#rest = ''
      at = end + 1
    }
    this.#rest += text.slice(at)
    if (this.#rest.length > LONGEST_LINE) throw this.#binary(`a line of more than ${LONGEST_LINE} characters`)
  }

  #give(line: string): void {
    this.#line++
    this.#online(line.endsWith('\r') ? line.slice(0, -1) : line, this.#line)
  }

  #binary(got: string): DataFormatError {
    return new DataFormatError(this.#source, this.#line + 1, 'a text file (UTF-8)', got)
  }
}
