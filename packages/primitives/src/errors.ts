/**
 * An error that Hushgrid raises on purpose. `name` is stable and can be matched on; the message says what was expected
 * and what came, and never holds key material or a single reading.
 */
export class HushgridError extends Error {
  override name = 'HushgridError'
}

/** An argument, option or field that is not what it must be. */
export class InvalidArgumentError extends HushgridError {
  override name = 'InvalidArgumentError'
  readonly argument: string
  readonly expected: string
  readonly got: string

  /**
   * @param argument - the argument's name, as the caller wrote it
   * @param expected - what would have been right
   * @param got - what came, or its kind; never a secret
   */
  constructor(argument: string, expected: string, got: string) {
    super(`${argument}: expected ${expected}, got ${got}`)
    this.argument = argument
    this.expected = expected
    this.got = got
  }
}

/** A public key that would make a shared secret predictable (RFC 7748 section 6.1) or a signature forgeable. */
export class WeakKeyError extends HushgridError {
  override name = 'WeakKeyError'
}

/** Bytes that are no canonical encoding of a group element or of a scalar, or the identity where it must not be. */
export class GroupEncodingError extends HushgridError {
  override name = 'GroupEncodingError'
}

/** Place in a file where something is wrong. */
export interface FilePlace {
  readonly file: string
  /** Line, from 1. */
  readonly line: number
  /** Column, from 1. */
  readonly column: number
  /** Key concerned, `operations[0].phase` for one within; empty for the file as a whole. */
  readonly key: string
}

/** A file that a person wrote and that cannot be used; names its first wrong place. */
export class FilePlaceError extends HushgridError implements FilePlace {
  override name = 'FilePlaceError'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly key: string
  readonly expected: string
  readonly got: string

  constructor({ file, line, column, key }: FilePlace, expected: string, got: string) {
    super(`${file}:${line}:${column}: ${key === '' ? '' : `${key}: `}expected ${expected}, got ${got}`)
    this.file = file
    this.line = line
    this.column = column
    this.key = key
    this.expected = expected
    this.got = got
  }
}
