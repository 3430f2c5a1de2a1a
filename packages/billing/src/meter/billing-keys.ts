// Keys K of a meter, one after the other: each seals the readings from its first slot until the next key's.
import { checkLength, concatBytes, HushgridError, type Rng, type Slot, slot, u8, u16, u32, u64 } from '@hushgrid/primitives'
import { ByteReader, ByteReaderError } from '../batch/byte-reader.ts'
import { decodeVersion } from '../batch/encoding.ts'
import { FIRST_KEY_EPOCH, type KeyEpoch, keyEpoch } from '../batch/key-epoch.ts'
import { READING_KEY_BYTES } from '../commitments/secrets.ts'

/** A key K of a meter, as its customer has it. */
export interface MeterKey {
  readonly epoch: KeyEpoch
  /** K, 32 bytes. */
  readonly key: Uint8Array
}

/** A key K as its meter keeps it. */
export interface BillingKey extends MeterKey {
  /** First slot that is sealed under it. */
  readonly from: Slot
  /** True where a customer was given it, or may have been. */
  readonly given: boolean
}

/** Keys in the order of their epochs; the last is in force. */
export type BillingKeys = readonly [...BillingKey[], BillingKey]

/** Keys that do not go together, or bytes that are none. */
export class BillingKeysError extends HushgridError {
  override name = 'BillingKeysError'
}

const VERSION = 1
/** More than a batch each day for two years could have. */
const MOST_KEYS = 1024

/** Draws a meter's first key. */
export function firstBillingKeys(rng: Rng): BillingKeys {
  return [{ epoch: FIRST_KEY_EPOCH, from: slot(0), key: rng.bytes(READING_KEY_BYTES), given: false }]
}

export function keyInForce(keys: BillingKeys): BillingKey {
  return keys.at(-1) as BillingKey
}

/**
 * Draws the next key.
 *
 * @param from - first slot that is sealed under it, no earlier than the last key's
 */
export function withNextKey(keys: BillingKeys, from: Slot, rng: Rng): BillingKeys {
  const { epoch } = keyInForce(keys)
  return [...keys, { epoch: keyEpoch(epoch + 1), from, key: rng.bytes(READING_KEY_BYTES), given: false }]
}

/** Marks the key in force as given. */
export function withKeyGiven(keys: BillingKeys): BillingKeys {
  return [...keys.slice(0, -1), { ...keyInForce(keys), given: true }]
}

/** Finds the key of a slot, and the slot from which on another is in force; undefined where none is. */
export function keyOfSlot(keys: BillingKeys, at: Slot): { readonly key: BillingKey; readonly until: Slot | undefined } {
  const index = keys.findLastIndex(({ from }) => from <= at)
  const key = keys[index]
  if (!key) throw new BillingKeysError(`billing keys: expected one for slot ${at}, got none`)
  return { key, until: keys[index + 1]?.from }
}

/**
 * Leaves out the keys that nothing needs any more.
 *
 * @param epochs - epochs of the batches that are kept
 * @param sealedUntil - first slot that may still be sealed
 */
export function keptKeys(keys: BillingKeys, epochs: ReadonlySet<KeyEpoch>, sealedUntil: Slot): BillingKeys {
  const kept = keys.slice(0, -1).filter(({ epoch }, i) => epochs.has(epoch) || (keys[i + 1] as BillingKey).from > sealedUntil)
  return [...kept, keyInForce(keys)]
}

/** Encodes u8 version ‖ u16 count ‖ count × (u32 epoch ‖ u64 from ‖ u8 given ‖ K[32]), for the meter's own file. */
export function encodeBillingKeys(keys: BillingKeys): Uint8Array {
  if (keys.length > MOST_KEYS) throw new BillingKeysError(`billing keys: expected at most ${MOST_KEYS}, got ${keys.length}`)
  return concatBytes(
    u8(VERSION),
    u16(keys.length),
    ...keys.flatMap(({ epoch, from, given, key }) => [u32(epoch), u64(from), u8(given ? 1 : 0), checkLength(key, READING_KEY_BYTES, 'K')])
  )
}

/** @throws BillingKeysError on anything but what {@link encodeBillingKeys} gives */
export function decodeBillingKeys(bytes: Uint8Array): BillingKeys {
  const reader = new ByteReader(bytes)
  try {
    decodeVersion(reader, VERSION)
    const keys = Array.from({ length: reader.u16('count') }, (): BillingKey => {
      const [epoch, from, given] = [keyEpoch(reader.u32('epoch')), slot(reader.u64('from')), reader.u8('given')]
      if (given > 1) throw new ByteReaderError(`given: expected 0 or 1, got ${given}`)
      return { epoch, from, given: given === 1, key: reader.take(READING_KEY_BYTES, 'K') }
    })
    reader.end()
    return inOrder(keys)
  } catch (cause) {
    if (!(cause instanceof ByteReaderError || cause instanceof HushgridError) || cause instanceof BillingKeysError) throw cause
    throw new BillingKeysError(`billing keys: ${cause.message}`)
  }
}

function inOrder(keys: readonly BillingKey[]): BillingKeys {
  const last = keys.at(-1)
  if (!last) throw new BillingKeysError('billing keys: expected at least one, got none')
  for (const [i, key] of keys.entries()) {
    const before = keys[i - 1]
    if (before && (key.epoch <= before.epoch || key.from < before.from))
      throw new BillingKeysError(`billing keys: expected them in the order of their epochs, got ${key.epoch} after ${before.epoch}`)
  }
  return [...keys.slice(0, -1), last]
}
