// Messages of a customer and a meter on the home network. Their stream is encrypted and authenticated to both Ed25519
// keys (Noise): the customer knows that it speaks with its meter, and the meter that the customer knows K.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { checkLength, concatBytes, fromHex, HushgridError, type MeterId, type Slot, slot, u8, u32, u64, utf8 } from '@hushgrid/primitives'
import { ByteReader, ByteReaderError } from '../batch/byte-reader.ts'
import { READING_KEY_BYTES } from '../commitments/secrets.ts'
import { PAIRING_CODE_BYTES } from './pairing.ts'

/** Request of a customer. All but the first carry a proof that it knows K. */
export type HomeRequest =
  | { readonly type: 'pair'; readonly code: Uint8Array }
  | { readonly type: 'list'; readonly proof: Uint8Array }
  | { readonly type: 'get'; readonly firstSlot: Slot; readonly proof: Uint8Array }

/** Place of a batch in a list. */
export interface BatchPlace {
  readonly firstSlot: Slot
  readonly slots: number
}

/** Answer of a meter. */
export type HomeReply =
  | { readonly type: 'refused'; readonly reason: string }
  /** K, given once. */
  | { readonly type: 'paired'; readonly key: Uint8Array }
  | { readonly type: 'list'; readonly batches: readonly BatchPlace[] }
  /** A batch as `encodeBatch` gives it. */
  | { readonly type: 'batch'; readonly bytes: Uint8Array }

/** Bytes that are no message of the home network. */
export class HomeMessageError extends HushgridError {
  override name = 'HomeMessageError'
}

/** Largest reply: a month of minutes in two lanes takes 0.7 MB. */
export const MAX_HOME_REPLY = 4 * 1024 * 1024
/** Largest request, with room to spare. */
export const MAX_HOME_REQUEST = 128

const VERSION = 1
const PROOF_BYTES = 32
const MOST_REASON_BYTES = 256
const SALT = utf8('hushgrid/v1/billing')
const KEY_LABEL = utf8('hushgrid/v1/billing/home\0')
const PROOF_LABEL = utf8('hushgrid/v1/billing/home-proof\0')
const REQUESTS = { pair: 1, list: 2, get: 3 } as const
const REPLIES = { refused: 0, paired: 1, list: 2, batch: 3 } as const

/** Input of a proof beside the request. */
export interface HomeParties {
  readonly meter: MeterId
  /** Ed25519 key that the stream is authenticated to at the customer's end. */
  readonly customer: MeterId
}

/**
 * Computes HMAC-SHA-256 over label ‖ 0x00 ‖ meter[32] ‖ customer[32] ‖ request, under HKDF-SHA-256 of K with the salt
 * `hushgrid/v1/billing` and the info `hushgrid/v1/billing/home` ‖ 0x00 ‖ meter[32]. It names the customer's end of the
 * stream, so that nobody who overhears or receives it can use it.
 */
function proofOf(key: Uint8Array, { meter, customer }: HomeParties, request: Uint8Array): Uint8Array {
  checkLength(key, READING_KEY_BYTES, 'reading key')
  const derived = hkdfSync('sha256', key, SALT, concatBytes(KEY_LABEL, fromHex(meter)), PROOF_BYTES)
  const hmac = createHmac('sha256', new Uint8Array(derived))
  return new Uint8Array(hmac.update(concatBytes(PROOF_LABEL, fromHex(meter), fromHex(customer), request)).digest())
}

/** Makes a request with its proof: for the list, or for the batch that begins with a slot. */
export function provenRequest(
  key: Uint8Array,
  parties: HomeParties,
  ask: { type: 'list' } | { type: 'get'; firstSlot: Slot }
): HomeRequest {
  const proof = proofOf(key, parties, unproven(ask))
  return ask.type === 'list' ? { type: 'list', proof } : { type: 'get', firstSlot: ask.firstSlot, proof }
}

/** Tells whether the maker of a request, at that end of the stream, knows K. */
export function isProven(key: Uint8Array, parties: HomeParties, request: Exclude<HomeRequest, { type: 'pair' }>): boolean {
  return timingSafeEqual(proofOf(key, parties, unproven(request)), request.proof)
}

function unproven(ask: { type: 'list' } | { type: 'get'; firstSlot: Slot }): Uint8Array {
  const head = concatBytes(u8(VERSION), u8(REQUESTS[ask.type]))
  return ask.type === 'list' ? head : concatBytes(head, u64(ask.firstSlot))
}

/** Encodes u8 version ‖ u8 kind ‖ code[32], proof[32], or u64 firstSlot ‖ proof[32]. */
export function encodeHomeRequest(request: HomeRequest): Uint8Array {
  if (request.type !== 'pair') return concatBytes(unproven(request), checkLength(request.proof, PROOF_BYTES, 'proof'))
  return concatBytes(u8(VERSION), u8(REQUESTS.pair), checkLength(request.code, PAIRING_CODE_BYTES, 'pairing code'))
}

/** @throws HomeMessageError */
export function decodeHomeRequest(bytes: Uint8Array): HomeRequest {
  return reading('request', bytes, (reader, kind) => {
    if (kind === REQUESTS.pair) return { type: 'pair', code: reader.take(PAIRING_CODE_BYTES, 'code') }
    if (kind === REQUESTS.list) return { type: 'list', proof: reader.take(PROOF_BYTES, 'proof') }
    if (kind === REQUESTS.get) {
      const firstSlot = slot(reader.u64('firstSlot'))
      return { type: 'get', firstSlot, proof: reader.take(PROOF_BYTES, 'proof') }
    }
    throw new ByteReaderError(`kind: expected 1 to 3, got ${kind}`)
  })
}

/** Encodes u8 version ‖ u8 kind ‖ reason, K[32], u32 count ‖ count × (u64 firstSlot ‖ u32 slots), or the batch. */
export function encodeHomeReply(reply: HomeReply): Uint8Array {
  const head = concatBytes(u8(VERSION), u8(REPLIES[reply.type]))
  if (reply.type === 'refused') return concatBytes(head, utf8(reply.reason).subarray(0, MOST_REASON_BYTES))
  if (reply.type === 'paired') return concatBytes(head, checkLength(reply.key, READING_KEY_BYTES, 'reading key'))
  if (reply.type === 'batch') return concatBytes(head, reply.bytes)
  return concatBytes(head, u32(reply.batches.length), ...reply.batches.flatMap(({ firstSlot, slots }) => [u64(firstSlot), u32(slots)]))
}

/** @throws HomeMessageError */
export function decodeHomeReply(bytes: Uint8Array): HomeReply {
  return reading('reply', bytes, (reader, kind) => {
    if (kind === REPLIES.refused) {
      const text = new TextDecoder().decode(reader.take(Math.min(reader.left, MOST_REASON_BYTES), 'reason'))
      // Removes control characters, since the reason ends up on a terminal.
      return { type: 'refused', reason: text.replace(/[\p{C}\u2028\u2029]/gu, '?') }
    }
    if (kind === REPLIES.paired) return { type: 'paired', key: reader.take(READING_KEY_BYTES, 'key') }
    if (kind === REPLIES.batch) return { type: 'batch', bytes: reader.take(reader.left, 'batch') }
    if (kind !== REPLIES.list) throw new ByteReaderError(`kind: expected 0 to 3, got ${kind}`)
    const batches: BatchPlace[] = []
    for (let left = reader.u32('batches'); left > 0; left--)
      batches.push({ firstSlot: slot(reader.u64('firstSlot')), slots: reader.u32('slots') })
    return { type: 'list', batches }
  })
}

function reading<T>(what: string, bytes: Uint8Array, decode: (reader: ByteReader, kind: number) => T): T {
  // Copies: a stream's bytes are part of a buffer that is used again.
  const reader = new ByteReader(new Uint8Array(bytes))
  try {
    const version = reader.u8('version')
    if (version !== VERSION) throw new ByteReaderError(`version: expected ${VERSION}, got ${version}`)
    const message = decode(reader, reader.u8('kind'))
    reader.end()
    return message
  } catch (cause) {
    if (!(cause instanceof ByteReaderError || cause instanceof HushgridError)) throw cause
    throw new HomeMessageError(`home ${what}: ${cause.message}`)
  }
}
