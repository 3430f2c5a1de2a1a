// Batches of encrypted readings as bytes, for the wire and the store.
import {
  checkLength,
  concatBytes,
  equalBytes,
  HushgridError,
  meterId,
  type ObisCode,
  obisCode,
  slot,
  u8,
  u16,
  u32
} from '@hushgrid/primitives'
import { PAD_BYTES } from '../commitments/secrets.ts'
import { BatchRejectedError } from '../errors.ts'
import type { ReadingBatch } from './batch.ts'
import { ByteReader, ByteReaderError } from './byte-reader.ts'
import { type BatchHeader, checkHeader, countReadings, encodeHeaderStart, headerOf, MAX_BATCH_SLOTS } from './header.ts'
import { keyEpoch } from './key-epoch.ts'
import { gapsOf, presenceOf } from './presence.ts'

/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64
/** Version 1 had no key epoch. */
const VERSION = 2
const AS_GAPS = 0
const AS_BITMAP = 1
/** u32 start ‖ u32 length. */
const GAP_BYTES = 8

/** Encodes u16 count ‖ gaps, or the bitmap where that is shorter. */
function encodePresence({ present, slots }: BatchHeader): Uint8Array {
  const gaps = gapsOf(present, slots)
  if (2 + GAP_BYTES * gaps.length > Math.max(present.byteLength, 2)) return concatBytes(u8(AS_BITMAP), present)
  return concatBytes(u8(AS_GAPS), u16(gaps.length), ...gaps.flatMap(({ start, length }) => [u32(start), u32(length)]))
}

function decodePresence(reader: ByteReader, slots: number): Uint8Array {
  const kind = reader.u8('kind of presence')
  if (kind === AS_BITMAP) return reader.take(Math.ceil(slots / 8), 'present')
  if (kind !== AS_GAPS) throw new ByteReaderError(`kind of presence: expected 0 or 1, got ${kind}`)
  const present = Array.from({ length: slots }, () => true)
  const count = reader.u16('gaps')
  let before = 0
  for (let i = 0; i < count; i++) {
    const [start, length] = [reader.u32('start of a gap'), reader.u32('length of a gap')]
    // Refuses gaps that touch or are out of order: many that overlap would keep a reader busy for long.
    if (i > 0 && start <= before) throw new ByteReaderError(`gap: expected one that begins after slot ${before}, got ${start}`)
    if (start + length > slots) throw new ByteReaderError(`gap: expected to end by slot ${slots}, got ${start + length}`)
    present.fill(false, start, start + length)
    before = start + length
  }
  return presenceOf(present)
}

/** Encodes meterId[32] ‖ u32 keyEpoch ‖ u32 slotSeconds ‖ u64 firstSlot ‖ u32 slots ‖ lane names ‖ present. */
export function encodeHeader(header: BatchHeader): Uint8Array {
  return concatBytes(encodeHeaderStart(checkHeader(header)), encodePresence(header))
}

/** @throws ByteReaderError or InvalidArgumentError; leaves it to the caller whether the encoding is the canonical one */
export function decodeHeader(reader: ByteReader): BatchHeader {
  const id = meterId(reader.take(32, 'meterId'))
  const epoch = keyEpoch(reader.u32('keyEpoch'))
  const slotSeconds = reader.u32('slotSeconds')
  const firstSlot = slot(reader.u64('firstSlot'))
  const slots = reader.u32('slots')
  // Checked before as much memory is asked for.
  if (slots > MAX_BATCH_SLOTS) throw new ByteReaderError(`slots: expected at most ${MAX_BATCH_SLOTS}, got ${slots}`)
  const laneCount = reader.u8('lanes')
  const lanes: ObisCode[] = []
  for (let i = 0; i < laneCount; i++) {
    const name = reader.take(reader.u8('length of a lane'), 'lane')
    lanes.push(obisCode(Buffer.from(name).toString('latin1')))
  }
  return checkHeader({ meterId: id, keyEpoch: epoch, slotSeconds, firstSlot, slots, lanes, present: decodePresence(reader, slots) })
}

/**
 * Runs a decoder over all of the bytes, and makes sure that its result encodes to the same bytes again.
 *
 * @param rejected - makes the error of a message
 */
export function decodeStrictly<T>(
  bytes: Uint8Array,
  decode: (reader: ByteReader) => T,
  encode: (value: T) => Uint8Array,
  rejected: (message: string) => HushgridError
): T {
  const reader = new ByteReader(bytes)
  let value: T
  try {
    value = decode(reader)
    reader.end()
  } catch (error) {
    if (error instanceof ByteReaderError || error instanceof HushgridError) throw rejected(error.message)
    throw error
  }
  if (!equalBytes(encode(value), bytes)) throw rejected('expected the canonical encoding, got another one')
  return value
}

/** Reads the version that begins every encoding. */
export function decodeVersion(reader: ByteReader, version: number): void {
  const got = reader.u8('version')
  if (got !== version) throw new ByteReaderError(`version: expected ${version}, got ${got}`)
}

/**
 * Encodes a batch for the store: u8 version ‖ header ‖ 8 bytes a reading ‖ signature[64]. Canonical.
 *
 * @throws InvalidArgumentError where a field is not what it must be
 */
export function encodeBatch(batch: ReadingBatch): Uint8Array {
  return concatBytes(u8(VERSION), encodeHeader(batch), batch.ciphertexts, checkLength(batch.signature, SIGNATURE_BYTES, 'signature'))
}

/**
 * Decodes a batch. Does not check its signature, which takes the key: `openBatch`.
 *
 * @throws BatchRejectedError with fault `encoding` on anything but what {@link encodeBatch} gives
 */
export function decodeBatch(bytes: Uint8Array): ReadingBatch {
  const decode = (reader: ByteReader): ReadingBatch => {
    decodeVersion(reader, VERSION)
    const header = decodeHeader(reader)
    const ciphertexts = reader.take(countReadings(header) * PAD_BYTES, 'ciphertexts')
    return { ...headerOf(header), ciphertexts, signature: reader.take(SIGNATURE_BYTES, 'signature') }
  }
  return decodeStrictly(bytes, decode, encodeBatch, message => new BatchRejectedError('encoding', message))
}
