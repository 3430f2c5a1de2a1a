// Decrypts a batch, and checks that the meter signed the result.
import { type Batch, encodeStart, PAD_BYTES } from './batch.ts'
import { countPresent, isPresent, places } from './batch-header.ts'
import { type Bytes, concat, fromHex, utf8 } from './bytes.ts'
import { type Committer, isTrustworthyKey, READING_BITS } from './commitments.ts'
import { CustomerCryptoError } from './errors.ts'
import { type Place, ReadingKey } from './reading-key.ts'

const LABEL = utf8('hushgrid/v2/billing/batch\0')
/** Readings whose pads or openings are asked for at once. */
const AT_ONCE = 256
/** Commitments made before other work gets its turn on this thread. */
const TURN = 32
const COMMITMENT_BYTES = 32

/** Readings, one a slot from the batch's first: Wh in the order of the lanes, or undefined for a gap of the meter. */
export type Readings = readonly (readonly bigint[] | undefined)[]

/**
 * Decrypts a batch. Its values are proved to be the meter's only by {@link signatureHolds}.
 *
 * @param key - K of the batch's meter
 * @throws CustomerCryptoError with fault `batch` for a value that no meter can have sent
 */
export async function decryptBatch({ header, ciphertexts }: Batch, key: CryptoKey): Promise<Readings> {
  const secrets = new ReadingKey(key, header.meterId, header.slotSeconds)
  const view = new DataView(ciphertexts.buffer, ciphertexts.byteOffset, ciphertexts.byteLength)
  const values: bigint[] = []
  for (const some of chunks([...places(header)], AT_ONCE)) {
    for (const pad of await Promise.all(some.map(place => secrets.pad(place)))) {
      const value = view.getBigUint64(values.length * PAD_BYTES, true) ^ new DataView(pad.buffer).getBigUint64(0, true)
      if (value >> BigInt(READING_BITS) !== 0n)
        throw new CustomerCryptoError(
          'batch',
          'These readings do not open to anything a meter can have measured: they were changed, or made with another key.'
        )
      values.push(value)
    }
  }
  let at = 0
  return Array.from({ length: header.slots }, (_, i) => {
    if (!isPresent(header.present, i)) return undefined
    at += header.lanes.length
    return values.slice(at - header.lanes.length, at)
  })
}

/**
 * Tells whether the meter signed these readings, slots and gaps: makes the commitments again and checks Ed25519 over
 *
 *     "hushgrid/v2/billing/batch" ‖ 0x00 ‖ meterId[32] ‖ u32 keyEpoch ‖ u32 slotSeconds ‖ u64 firstSlot ‖ u32 slots
 *     ‖ lanes ‖ present ‖ SHA-256(commitments in order, 32 bytes each)
 *
 * @param readings - result of {@link decryptBatch}
 * @param progress - told a share from 0 to 1
 */
export async function signatureHolds(
  { header, signature }: Batch,
  readings: Readings,
  key: CryptoKey,
  committer: Committer,
  progress?: (done: number) => void
): Promise<boolean> {
  const publicKey = fromHex(header.meterId, 32)
  if (!publicKey || !isTrustworthyKey(publicKey)) return false
  const secrets = new ReadingKey(key, header.meterId, header.slotSeconds)
  const values = readings.flatMap(slot => slot ?? [])
  const commitments = new Uint8Array(countPresent(header) * header.lanes.length * COMMITMENT_BYTES)
  let made = 0
  for (const some of chunks([...places(header)], TURN)) {
    for (const opening of await Promise.all(some.map(place => secrets.opening(place)))) {
      commitments.set(committer.commit(values[made] ?? 0n, opening), made * COMMITMENT_BYTES)
      made++
    }
    progress?.(made / values.length)
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', commitments))
  const transcript = concat(LABEL, encodeStart(header), header.present, hash)
  return await verifies(publicKey, signature, transcript)
}

async function verifies(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
  return await crypto.subtle.verify('Ed25519', key, signature, message)
}

function chunks(all: readonly Place[], size: number): Place[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}
