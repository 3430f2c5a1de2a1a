// Tariffs as a supplier publishes them, each parsed once.
import { type Millis, sha256, toHex, utf8 } from '@hushgrid/primitives'
import type { Tariff } from './tariff.ts'
import { parseTariff } from './tariff-file.ts'
import { TariffFileError } from './tariff-file-error.ts'

/** A tariff as the supplier wrote it. */
export interface PublishedTariff {
  readonly tariff: string
  /** Text in YAML, byte for byte. */
  readonly text: string
  /** First moment at which the tariff is valid. */
  readonly from: Millis
  /** First moment at which it is valid no more; unlimited where undefined. */
  readonly until?: Millis
  /** SHA-256 of the text's UTF-8 bytes. */
  readonly hash: Uint8Array
}

/** Most parsed tariffs that are kept, some kilobytes each: more than a supplier has in force at a time. */
const MOST_KEPT = 128

/** Keeps the parsed tariff of each text, or the reason why it is none; a text never changes under its hash. */
export class ParsedTariffs {
  readonly #most: number
  /** Tariffs by name, which errors repeat, and hash of the text; in the order of their last use. */
  readonly #kept = new Map<string, Tariff | TariffFileError>()
  #parses = 0

  constructor(most = MOST_KEPT) {
    this.#most = most
  }

  /** Number of texts that were parsed. */
  get parses(): number {
    return this.#parses
  }

  /** Gives the tariff of a text, or the error of a text that is none: stores take any text for a tariff. */
  of({ tariff, text }: Pick<PublishedTariff, 'tariff' | 'text'>): Tariff | TariffFileError {
    const key = `${toHex(sha256(utf8(text)))} ${tariff}`
    const parsed = this.#kept.get(key) ?? this.#parse(text, tariff)
    this.#kept.delete(key)
    this.#kept.set(key, parsed)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size > this.#most) this.#kept.delete(oldest)
    return parsed
  }

  #parse(text: string, name: string): Tariff | TariffFileError {
    this.#parses++
    try {
      return parseTariff(text, name)
    } catch (cause) {
      if (cause instanceof TariffFileError) return cause
      throw cause
    }
  }
}

/** Parsed tariffs of this thread: commands, pages and checks of bills all read the same few. */
export const PARSED_TARIFFS = new ParsedTariffs()
