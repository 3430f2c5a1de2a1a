// Pairing of a customer and a meter, which come to know the same K by a code that the meter shows to the person before it.
import { timingSafeEqual } from 'node:crypto'
import { checkLength, concatBytes, HushgridError, InvalidArgumentError, type Rng, sha256, u8, utf8 } from '@hushgrid/primitives'

/** Length of a code: too long to guess, so that the meter need not know who tries. */
export const PAIRING_CODE_BYTES = 32
/** Wrong codes after which a ticket is void. */
const MOST_WRONG_CODES = 5
/** Length of an encoded {@link PairingTicket}. */
export const PAIRING_TICKET_BYTES = 1 + 1 + 32

/** Trace that a meter keeps of a code that it showed; the code does not follow from it. */
export interface PairingTicket {
  /** SHA-256 of a label and the code, 32 bytes. */
  readonly codeHash: Uint8Array
  /** Wrong codes so far, 0 to 4. */
  readonly wrong: number
}

/** A text that is no pairing code, or bytes that are no ticket. */
export class PairingError extends HushgridError {
  override name = 'PairingError'
}

const VERSION = 1
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
  return { code, ticket: { codeHash: hashOf(code), wrong: 0 } }
}

/**
 * Tries a code.
 *
 * @param ticket - undefined where no code was shown, or the last is used or void
 * @returns whether it is the code, and the ticket to keep before answering: none once the code was used, or after the fifth wrong one
 */
export function tryPairingCode(ticket: PairingTicket | undefined, code: Uint8Array): { right: boolean; ticket: PairingTicket | undefined } {
  const tried = hashOf(code)
  if (!ticket) return { right: false, ticket: undefined }
  if (timingSafeEqual(tried, ticket.codeHash)) return { right: true, ticket: undefined }
  const wrong = ticket.wrong + 1
  return { right: false, ticket: wrong < MOST_WRONG_CODES ? { ...ticket, wrong } : undefined }
}

/** Encodes u8 version ‖ u8 wrong ‖ hash[32]. */
export function encodePairingTicket({ codeHash, wrong }: PairingTicket): Uint8Array {
  if (!(wrong < MOST_WRONG_CODES)) throw new InvalidArgumentError('wrong codes', `0 to ${MOST_WRONG_CODES - 1}`, String(wrong))
  return concatBytes(u8(VERSION), u8(wrong), checkLength(codeHash, 32, 'hash of the code'))
}

/** @throws PairingError */
export function decodePairingTicket(bytes: Uint8Array): PairingTicket {
  const [version, wrong = 0] = bytes
  if (bytes.byteLength !== PAIRING_TICKET_BYTES || version !== VERSION || wrong >= MOST_WRONG_CODES)
    throw new PairingError(`ticket: expected ${PAIRING_TICKET_BYTES} bytes of version ${VERSION}, got something else`)
  return { codeHash: Uint8Array.from(bytes.subarray(2)), wrong }
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
