import { toHex } from './bytes/bytes.ts'
import { InvalidArgumentError } from './errors.ts'

declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** A meter's 32-byte Ed25519 public key in lower-case hexadecimal, so that string order is the order of unsigned bytes. */
export type MeterId = Branded<string, 'MeterId'>
/** Number of a slot: floor(unixSeconds / slotSeconds) (PROTOCOL.md section 3). */
export type Slot = Branded<number, 'Slot'>
/** Number of an epoch, from 0 (PROTOCOL.md section 4). */
export type Epoch = Branded<number, 'Epoch'>
/** Milliseconds of protocol time since 1970-01-01T00:00:00Z; in a lab it may pass faster than the wall clock's. */
export type Millis = Branded<number, 'Millis'>
/** A lane's name: its OBIS code (IEC 62056-61), for example `1-0:1.29.0`. */
export type ObisCode = Branded<string, 'ObisCode'>

/** Length of a slot in seconds unless the network says otherwise (PROTOCOL.md section 3). */
export const DEFAULT_SLOT_SECONDS = 900

/** @throws InvalidArgumentError unless it is 32 bytes, or 64 lower-case hexadecimal digits */
export function meterId(value: string | Uint8Array): MeterId {
  const text = typeof value === 'string' ? value : toHex(value)
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new InvalidArgumentError('meterId', '32 bytes in lower-case hexadecimal', `${text.length} characters`)
  return text as MeterId
}

/** @throws InvalidArgumentError unless it is an integer from 0 to 2^48 */
export function slot(value: number): Slot {
  if (!Number.isInteger(value) || value < 0 || value > 2 ** 48)
    throw new InvalidArgumentError('slot', 'an integer from 0 to 2^48', String(value))
  return value as Slot
}

/** @throws InvalidArgumentError unless it is an integer from 0 to 2^48 */
export function epoch(value: number): Epoch {
  if (!Number.isInteger(value) || value < 0 || value > 2 ** 48)
    throw new InvalidArgumentError('epoch', 'an integer from 0 to 2^48', String(value))
  return value as Epoch
}

/** @throws InvalidArgumentError unless it is a whole number of milliseconds from 0 to 2^53 − 1 */
export function millis(value: number): Millis {
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('millis', 'whole milliseconds since 1970', String(value))
  return value as Millis
}

/** @throws InvalidArgumentError unless it reads `A-B:C.D.E` or `A-B:C.D.E*F`, each group from 0 to 255 */
export function obisCode(value: string): ObisCode {
  const groups = /^(\d{1,3})-(\d{1,3}):(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\*(\d{1,3}))?$/.exec(value)
  if (!groups || groups.slice(1).some(group => Number(group ?? 0) > 255)) {
    throw new InvalidArgumentError('OBIS code', 'A-B:C.D.E with groups from 0 to 255, for example 1-0:1.29.0', JSON.stringify(value))
  }
  return value as ObisCode
}
