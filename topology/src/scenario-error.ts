import { HushgridError } from '@hushgrid/primitives'

/** A scenario or trace that cannot be used; names the first place where it is wrong. */
export class ScenarioFileError extends HushgridError {
  override name = 'ScenarioFileError'
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The key it is about, `operations[0].phase` for one within; empty for the file as a whole. */
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
