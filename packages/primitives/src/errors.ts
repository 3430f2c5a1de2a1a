/**
 * Every error that Hushgrid raises on purpose. `name` is stable and can be matched on; the message says what was
 * expected and what came, and never holds key material or a single reading.
 */
export class HushgridError extends Error {
  override name = 'HushgridError'
}

/** An argument, option or field that is not what it must be. */
export class InvalidArgumentError extends HushgridError {
  override name = 'InvalidArgumentError'
  readonly argument: string

  /**
   * @param argument - the argument's name, as the caller wrote it
   * @param expected - what would have been right
   * @param got - what came, or its kind; never a secret
   */
  constructor(argument: string, expected: string, got: string) {
    super(`${argument}: expected ${expected}, got ${got}`)
    this.argument = argument
  }
}

/** A public key that would make a shared secret predictable (RFC 7748 section 6.1) or a signature forgeable. */
export class WeakKeyError extends HushgridError {
  override name = 'WeakKeyError'
}
