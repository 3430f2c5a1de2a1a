import { createSecureContext } from 'node:tls'
import { HushgridError } from '@hushgrid/primitives'

/** Certificate and private key of a server, PEM. */
export interface Tls {
  readonly cert: string
  readonly key: string
}

/**
 * Checks that certificate and key are valid, and belong together.
 *
 * @param options - names of the two options, for the error
 * @throws HushgridError
 */
export function checkTls(tls: Tls, options: string): Tls {
  try {
    createSecureContext({ cert: tls.cert, key: tls.key })
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'something else'
    throw new HushgridError(`${options}: expected a certificate and its key in PEM, got ${why}`)
  }
  return tls
}
