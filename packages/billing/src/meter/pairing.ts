// Pairing of a customer and a meter: a code that the meter shows to the person before it makes the customer know K.
import { timingSafeEqual } from 'node:crypto'
import { checkLength, concatBytes, HushgridError, type Rng, sha256, u8, utf8 } from '@hushgrid/primitives'

/** Length of a code: too long to guess, however often somebody tries. */
export const PAIRING_CODE_BYTES = 32
const HASH_BYTES = 32
/** Length of an encoded {@link PairingTicket}. */
export const PAIRING_TICKET_BYTES = 1 + HASH_BYTES

/** Trace that a meter keeps of a code that it showed; the code does not follow from it. */
export interface PairingTicket {
  /** SHA-256 of a label and the code, 32 bytes. */
  readonly codeHash: Uint8Array
}

/** A text that is no pairing code, or bytes that are no ticket. */
export class PairingError extends HushgridError {
  override name = 'PairingError'
}

/** Version 1 counted wrong codes. */
const VERSION = 2
const LABEL = utf8('hushgrid/v1/billing/pairing-code\0')
/** Digits of Crockford's base32: without I, L, O and U, which are mistaken for others. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const GROUP = 4
const CODE_DIGITS = Math.ceil((8 * PAIRING_CODE_BYTES) / 5)

function hashOf(code: Uint8Array): Uint8Array {
  return sha256(LABEL, checkLength(code, PAIRING_CODE_BYTES, 'pairing code'))
}

/** Draws a code, to be shown once, and the ticket to keep of it. */
export function newPairingTicket(rng: Rng): { code: Uint8Array; ticket: PairingTicket } {
  const code = rng.bytes(PAIRING_CODE_BYTES)
  return { code, ticket: { codeHash: hashOf(code) } }
}

/**
 * Tells whether a code is the one that was shown last.
 *
 * @param ticket - undefined where no code was shown, or the last is used
 */
export function isPairingCode(ticket: PairingTicket | undefined, code: Uint8Array): boolean {
  const tried = hashOf(code)
  return ticket !== undefined && timingSafeEqual(tried, ticket.codeHash)
}

/** Encodes u8 version ‖ hash[32]. */
export function encodePairingTicket({ codeHash }: PairingTicket): Uint8Array {
  return concatBytes(u8(VERSION), checkLength(codeHash, HASH_BYTES, 'hash of the code'))
}

/** @throws PairingError */
export function decodePairingTicket(bytes: Uint8Array): PairingTicket {
  if (bytes.byteLength !== PAIRING_TICKET_BYTES || bytes[0] !== VERSION)
    throw new PairingError(`ticket: expected ${PAIRING_TICKET_BYTES} bytes of version ${VERSION}, got something else`)
  return { codeHash: Uint8Array.from(bytes.subarray(1)) }
}

/** Writes a code for people to read and type: 52 digits of Crockford's base32, in groups of four. */
export function formatPairingCode(code: Uint8Array): string {
  checkLength(code, PAIRING_CODE_BYTES, 'pairing code')
  const bits = [...code].map(byte => byte.toString(2).padStart(8, '0')).join('')
  const digits = bits.match(/.{1,5}/g) ?? []
  const text = digits.map(each => DIGITS[Number.parseInt(each.padEnd(5, '0'), 2)]).join('')
  return (text.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-')
}

/**
 * Reads a code as somebody typed it: small letters, O for 0, I and L for 1, hyphens and spaces anywhere.
 *
 * @throws PairingError, which does not repeat the text
 */
export function parsePairingCode(text: string): Uint8Array {
  const typed = text.toUpperCase().replace(/[-\s]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  const values = [...typed].map(digit => DIGITS.indexOf(digit))
  if (values.length !== CODE_DIGITS || values.includes(-1))
    throw new PairingError(
      `pairing code: expected ${CODE_DIGITS} digits and letters as the meter shows them, got ${values.length} or others`
    )
  const bits = values.map(value => value.toString(2).padStart(5, '0')).join('')
  // Checks the last digit's spare bits.
  if (/1/.test(bits.slice(8 * PAIRING_CODE_BYTES)))
    throw new PairingError('pairing code: expected one that a meter shows, got a mistyped end')
  return Uint8Array.from({ length: PAIRING_CODE_BYTES }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2))
}
