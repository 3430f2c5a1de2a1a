// A meter's readings on their way to the customer, through a store that can neither read nor change them.
import {
  ed25519Verifier,
  InvalidArgumentError,
  type ObisCode,
  type SigningKey,
  type Slot,
  u64,
  type VerifierOf
} from '@hushgrid/primitives'
import { type Commitment, commit, type Opening, READING_BITS } from '../commitments/commitment.ts'
import { PAD_BYTES, ReadingKey } from '../commitments/secrets.ts'
import { BatchRejectedError } from '../errors.ts'
import { type BatchHeader, batchTranscript, checkHeader, countReadings, headerOf, readingPlaces } from './header.ts'
import { FIRST_KEY_EPOCH, type KeyEpoch } from './key-epoch.ts'
import { presenceOf } from './presence.ts'

/** A day, week or month of readings as a meter sends them to the store. The commitments stay with meter and customer. */
export interface ReadingBatch extends BatchHeader {
  /** 8 bytes a reading, by slot and then by lane: Wh, little-endian, XOR the reading's pad. */
  readonly ciphertexts: Uint8Array
  /** Ed25519 over the batch's transcript, 64 bytes. */
  readonly signature: Uint8Array
}

/** Readings that a meter seals. */
export interface BatchToSeal {
  readonly identity: SigningKey
  /** K, 32 bytes, known to meter and customer only. */
  readonly key: Uint8Array
  /** Epoch of K; that of a meter's first key where it is left out. */
  readonly keyEpoch?: KeyEpoch
  readonly slotSeconds: number
  readonly firstSlot: Slot
  readonly lanes: readonly ObisCode[]
  /** Readings of each slot from `firstSlot`, Wh in the order of the lanes; undefined for a gap, which is signed as a gap. */
  readonly readings: readonly (readonly bigint[] | undefined)[]
}

/** A batch as {@link openBatch} gives it to the customer. */
export interface OpenedBatch {
  readonly header: BatchHeader
  /** Readings of each slot; undefined where the meter has none. */
  readonly readings: readonly (readonly bigint[] | undefined)[]
  /** Commitments in the order of slots and then of lanes, without the gaps. */
  readonly commitments: readonly Commitment[]
  readonly openings: readonly Opening[]
  readonly signature: Uint8Array
}

function checkReading(reading: bigint, { slot, lane }: { slot: Slot; lane: ObisCode }): bigint {
  if (typeof reading !== 'bigint' || reading < 0n || reading >> BigInt(READING_BITS) !== 0n)
    throw new InvalidArgumentError(`reading of slot ${slot}, lane ${lane}`, `whole Wh from 0 to 2^${READING_BITS} - 1`, 'another value')
  return reading
}

function masked(bytes: Uint8Array, pad: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ (pad[i] as number))
}

/**
 * Encrypts the readings of consecutive slots, commits to each, and signs. The same readings under the same keys give the
 * same batch; a slot must never be sealed again with other readings, since its pad and openings would be used twice.
 *
 * @throws InvalidArgumentError naming a reading that is out of range or a slot with too few or many lanes
 */
export function sealBatch({ identity, key, keyEpoch = FIRST_KEY_EPOCH, slotSeconds, firstSlot, lanes, readings }: BatchToSeal): {
  batch: ReadingBatch
  commitments: Commitment[]
} {
  const present = presenceOf(readings.map(lanesOfSlot => lanesOfSlot !== undefined))
  const slots = readings.length
  const header = checkHeader({ meterId: identity.id, keyEpoch, slotSeconds, firstSlot, slots, lanes: [...lanes], present })
  readings.forEach((values, i) => {
    if (values && values.length !== lanes.length)
      throw new InvalidArgumentError(`readings of slot ${firstSlot + i}`, `one for each of ${lanes.length} lanes`, String(values.length))
  })
  const values = readings.flatMap(lanesOfSlot => lanesOfSlot ?? [])
  const secrets = new ReadingKey(key, identity.id, slotSeconds)
  const ciphertexts = new Uint8Array(values.length * PAD_BYTES)
  const commitments = [...readingPlaces(header)].map((place, i) => {
    const reading = checkReading(values[i] as bigint, place)
    ciphertexts.set(masked(u64(reading), secrets.pad(place.slot, place.lane)), i * PAD_BYTES)
    return commit(reading, secrets.opening(place.slot, place.lane))
  })
  const signature = identity.sign(batchTranscript(header, commitments))
  return { batch: { ...header, ciphertexts, signature }, commitments }
}

/** Decrypts a batch; only its signature tells whether the values are the meter's. */
function decrypt(batch: ReadingBatch, secrets: ReadingKey): Opening[] {
  return [...readingPlaces(batch)].map(({ slot, lane }, i) => {
    const plain = masked(batch.ciphertexts.subarray(i * PAD_BYTES, (i + 1) * PAD_BYTES), secrets.pad(slot, lane))
    const value = new DataView(plain.buffer).getBigUint64(0, true)
    if (value >> BigInt(READING_BITS) !== 0n) {
      const expected = `slot ${slot}, lane ${lane}: expected a reading below 2^${READING_BITS} Wh`
      throw new BatchRejectedError('reading', `${expected}, got one beyond: sealed with another key, or changed since`)
    }
    return { value, opening: secrets.opening(slot, lane) }
  })
}

/**
 * Opens a batch for the customer: decrypts, makes the commitments again, and checks the meter's signature over them. The
 * readings given are the meter's own, for the slots and lanes of the header.
 *
 * @param key - K, 32 bytes
 * @throws BatchRejectedError with fault `encoding`, `reading` or `signature`; WeakKeyError where the meter's id is no key
 * that may be trusted
 */
export function openBatch(batch: ReadingBatch, key: Uint8Array, verifierOf: VerifierOf = ed25519Verifier): OpenedBatch {
  const header = headerOf(batch)
  checkHeader(header)
  const count = countReadings(header)
  if (batch.ciphertexts.byteLength !== count * PAD_BYTES)
    throw new BatchRejectedError('encoding', `expected ${count} readings of ${PAD_BYTES} bytes, got ${batch.ciphertexts.byteLength} bytes`)
  const verifier = verifierOf(header.meterId)
  const openings = decrypt(batch, new ReadingKey(key, header.meterId, header.slotSeconds))
  const commitments = openings.map(({ value, opening }) => commit(value, opening))
  if (!verifier.verify(batchTranscript(header, commitments), batch.signature)) {
    const expected = `slots ${header.firstSlot} to ${header.firstSlot + header.slots - 1}: expected the meter's signature over what the batch opens to`
    throw new BatchRejectedError('signature', `${expected}, it does not hold: another key, or a reading, a slot or the signature changed`)
  }
  return { header, readings: bySlot(header, openings), commitments, openings, signature: batch.signature }
}

function bySlot(header: BatchHeader, openings: readonly Opening[]): (bigint[] | undefined)[] {
  const out = Array.from({ length: header.slots }, (): bigint[] | undefined => undefined)
  let i = 0
  for (const { slot } of readingPlaces(header)) {
    const at = slot - header.firstSlot
    const values = out[at] ?? []
    values.push((openings[i++] as Opening).value)
    out[at] = values
  }
  return out
}
