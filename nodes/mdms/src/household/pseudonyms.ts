import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { concatBytes, fromHex, type MeterId, type Rng, utf8 } from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'

/** Name of the file with the key. */
export const HOUSEHOLD_KEY = 'household.key'
const LABEL = utf8('hushgrid/v1/household\0')
/** Hexadecimal digits of a pseudonym, 128 bits: no two households of any supplier share one. */
const DIGITS = 32

/** Gives the account of a meter's household in the store. */
export type Pseudonyms = (meter: MeterId) => string

/**
 * Opens the pseudonyms of households: an HMAC-SHA-256 of the meter's id (RFC 2104) under a key beside the database and
 * never in it, so that the database alone does not tell whose figures they are.
 *
 * @param directory - the node's data directory; holds the key, made where there is none
 * @throws SecretFileError
 */
export function openPseudonyms(directory: string, rng: Rng): Pseudonyms {
  const { secret } = readOrCreateSecret(join(directory, HOUSEHOLD_KEY), 32, () => rng.bytes(32))
  return meter => {
    const mac = createHmac('sha256', secret).update(concatBytes(LABEL, fromHex(meter)))
    return `household-${mac.digest('hex').slice(0, DIGITS)}`
  }
}
