import { FilePlaceError, HushgridError } from '@hushgrid/primitives'

/** A tariff file that cannot be used; names the first place where it is wrong. */
export class TariffFileError extends FilePlaceError {
  override name = 'TariffFileError'
}

/** A file of bands that cannot be used, or that does not fit the tariff or the period. */
export class BandsFileError extends HushgridError {
  override name = 'BandsFileError'
  readonly file: string
  /** Line of the file, from 1; where a slot has no line, the line it would have been. */
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

/** Throws the error about a line of a file of bands. */
export type FailLine = (line: number, expected: string, got: string) => never

/** A slot in which the price changes: its reading does not tell the use before the change from that after it. */
export class PriceChangeError extends HushgridError {
  override name = 'PriceChangeError'
}
