// Bills as bytes, for the wire and files.
import { checkLength, concatBytes, fromHex, meterId, slot, u8, u16, u64 } from '@hushgrid/primitives'
import { decodeScalar, ELEMENT_BYTES, encodeScalar, SCALAR_BYTES } from '@hushgrid/primitives/group'
import { type ByteReader, ByteReaderError } from '../batch/byte-reader.ts'
import { decodeHeader, decodeStrictly, decodeVersion, encodeHeader, SIGNATURE_BYTES } from '../batch/encoding.ts'
import { countReadings, encodeCommitments } from '../batch/header.ts'
import { Commitment, isWithin, VALUE_BITS } from '../commitments/commitment.ts'
import { BillRejectedError } from '../errors.ts'
import type { Bill } from './bill.ts'
import type { CommittedBatch } from './combination.ts'
import { MAX_BILL_BATCHES, MAX_BILL_SLOTS } from './coverage.ts'

/** Version 1 had batches without a key epoch. */
const VERSION = 2
const HASH_BYTES = 32
/** Length of an amount: two's complement, little-endian. */
const AMOUNT_BYTES = (VALUE_BITS + 1) / 8

function encodeAmount(amount: bigint): Uint8Array {
  if (!isWithin(amount, VALUE_BITS)) throw new BillRejectedError('amount', `expected an integer between ±2^${VALUE_BITS}, got one beyond`)
  const hex = BigInt.asUintN(8 * AMOUNT_BYTES, amount).toString(16)
  return new Uint8Array(Buffer.from(hex.padStart(2 * AMOUNT_BYTES, '0'), 'hex').reverse())
}

function decodeAmount(bytes: Uint8Array): bigint {
  return BigInt.asIntN(8 * AMOUNT_BYTES, BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`))
}

function decodeCommitted(reader: ByteReader, batch: number): CommittedBatch {
  const header = decodeHeader(reader)
  const count = countReadings(header)
  if (count * ELEMENT_BYTES > reader.left) throw new ByteReaderError(`batch ${batch}: expected ${count} commitments, got fewer`)
  const commitments = Array.from({ length: count }, (_, i) =>
    Commitment.decode(reader.take(ELEMENT_BYTES, 'commitment'), `batch ${batch}, commitment ${i}`)
  )
  return { header, commitments, signature: reader.take(SIGNATURE_BYTES, 'signature') }
}

/**
 * Encodes a bill for the wire or a file:
 *
 *     u8 version ‖ meterId[32] ‖ u64 from ‖ u64 until ‖ tariffHash[32] ‖ amount[20] ‖ opening[32]
 *     ‖ u16 batches ‖ batches × (header as in a batch ‖ commitments, 32 bytes each ‖ signature[64])
 *
 * @throws BillRejectedError with fault `amount` where it is beyond what a bill can be; InvalidArgumentError
 */
export function encodeBill({ meterId, from, until, tariffHash, amount, opening, batches }: Bill): Uint8Array {
  return concatBytes(
    u8(VERSION),
    fromHex(meterId),
    u64(from),
    u64(until),
    checkLength(tariffHash, HASH_BYTES, 'tariffHash'),
    encodeAmount(amount),
    encodeScalar(opening),
    u16(batches.length),
    ...batches.flatMap(batch => [
      encodeHeader(batch.header),
      encodeCommitments(batch.commitments),
      checkLength(batch.signature, SIGNATURE_BYTES, 'signature')
    ])
  )
}

/**
 * Decodes a bill, and checks every point and scalar. Does not check its proof, as `verifyBill` does.
 *
 * @throws BillRejectedError with fault `encoding` on anything but what {@link encodeBill} gives
 */
export function decodeBill(bytes: Uint8Array): Bill {
  const decode = (reader: ByteReader): Bill => {
    decodeVersion(reader, VERSION)
    const id = meterId(reader.take(32, 'meterId'))
    const [from, until] = [slot(reader.u64('from')), slot(reader.u64('until'))]
    const tariffHash = reader.take(HASH_BYTES, 'tariffHash')
    const amount = decodeAmount(reader.take(AMOUNT_BYTES, 'amount'))
    const opening = decodeScalar(reader.take(SCALAR_BYTES, 'opening'), 'opening')
    const count = reader.u16('batches')
    if (count > MAX_BILL_BATCHES) throw new ByteReaderError(`batches: expected at most ${MAX_BILL_BATCHES}, got ${count}`)
    const batches: CommittedBatch[] = []
    let slots = 0
    for (let i = 0; i < count; i++) {
      const batch = decodeCommitted(reader, i)
      slots += batch.header.slots
      // Bounds the work, which the length of the bytes does not: a batch of gaps is short however many slots it has.
      if (slots > MAX_BILL_SLOTS) throw new ByteReaderError(`slots: expected at most ${MAX_BILL_SLOTS}, got more`)
      batches.push(batch)
    }
    return { meterId: id, from, until, tariffHash, amount, opening, batches }
  }
  return decodeStrictly(bytes, decode, encodeBill, message => new BillRejectedError('encoding', message))
}
