import { HushgridError } from '@hushgrid/primitives'

const SHOWN = 40

/** A piece of a file as it may stand in a message: quoted, cut short, control characters escaped. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
}

/** Describes a malformed number without repeating it: a reading is private even when it is malformed. Text without any digit is shown. */
export function describeField(text: string): string {
  const field = text.trim()
  if (field === '') return 'an empty field'
  if (!/\d/.test(field)) return shown(field)
  const odd = /[^\d.eE+-]/.exec(field)
  return odd ? `a number with ${shown(odd[0])} in it` : 'digits that make no number'
}

/** A file of readings that is not laid out as its format says; names the file and the line. */
export class DataFormatError extends HushgridError {
  override name = 'DataFormatError'
  readonly source: string
  /** Counted from 1; 0 where the file as a whole is meant. */
  readonly line: number

  /**
   * @param source - the file's name
   * @param line - counted from 1; 0 for the whole file
   * @param expected - what would have been right
   * @param got - what came, short and without a reading in it
   */
  constructor(source: string, line: number, expected: string, got: string) {
    super(`${source}${line > 0 ? `, line ${line}` : ''}: expected ${expected}, got ${got}`)
    this.source = source
    this.line = line
  }
}
