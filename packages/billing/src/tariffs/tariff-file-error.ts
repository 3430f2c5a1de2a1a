import { HushgridError } from '@hushgrid/primitives'

/** A tariff file that cannot be used; names the first place where it is wrong. */
export class TariffFileError extends HushgridError {
  override name = 'TariffFileError'
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The key it is about, `import.rules[0].hours` for one within; empty for the file as a whole. */
  readonly key: string
  readonly expected: string
  readonly got: string

  constructor(place: { file: string; line: number; column: number; key: string }, expected: string, got: string) {
    const { file, line, column, key } = place
    super(`${file}:${line}:${column}: ${key === '' ? '' : `${key}: `}expected ${expected}, got ${got}`)
    this.file = file
    this.line = line
    this.column = column
    this.key = key
    this.expected = expected
    this.got = got
  }
}

/** A file of bands that cannot be used, or that does not fit the tariff or the period. */
export class BandsFileError extends HushgridError {
  override name = 'BandsFileError'
  readonly file: string
  /** From 1; where a slot has no line, the line it would have been. */
  readonly line: number
  readonly expected: string
  readonly got: string

  constructor(place: { file: string; line: number }, expected: string, got: string) {
    super(`${place.file}:${place.line}: expected ${expected}, got ${got}`)
    this.file = place.file
    this.line = place.line
    this.expected = expected
    this.got = got
  }
}

/** A slot in which the price changes: what was used before and after the change is not known. */
export class PriceChangeError extends HushgridError {
  override name = 'PriceChangeError'
}
