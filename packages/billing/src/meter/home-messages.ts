// Messages of a customer and a meter on the home network. Their stream is encrypted and authenticated to both Ed25519
// keys (Noise): the customer knows that it speaks with its meter, and the meter that the customer knows K.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { checkLength, concatBytes, fromHex, HushgridError, type MeterId, type Slot, slot, u8, u32, u64, utf8 } from '@hushgrid/primitives'
import { ByteReader, ByteReaderError } from '../batch/byte-reader.ts'
import { type KeyEpoch, keyEpoch } from '../batch/key-epoch.ts'
import { READING_KEY_BYTES } from '../commitments/secrets.ts'
import type { MeterKey } from './billing-keys.ts'
import { PAIRING_CODE_BYTES } from './pairing.ts'

/** Question about the batches that were sealed under a key: all of them, or the one that begins with a slot. */
type HomeQuestion = { readonly type: 'list' } | { readonly type: 'get'; readonly firstSlot: Slot }

/** Question of a customer, with a proof that it knows the K of that epoch. */
type ProvenQuestion = HomeQuestion & { readonly keyEpoch: KeyEpoch; readonly proof: Uint8Array }

/** Request of a customer. */
export type HomeRequest = { readonly type: 'pair'; readonly code: Uint8Array } | ProvenQuestion

/** Place of a batch in a list. */
export interface BatchPlace {
  readonly firstSlot: Slot
  readonly slots: number
}

/** Answer of a meter. */
export type HomeReply =
  | { readonly type: 'refused'; readonly reason: string }
  /** The K in force, given once. */
  | ({ readonly type: 'paired' } & MeterKey)
  /** Batches under a key; `inForce` is false where a later key seals what is measured now. */
  | { readonly type: 'list'; readonly inForce: boolean; readonly batches: readonly BatchPlace[] }
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

/** Version 1 had one K for ever. */
const VERSION = 2
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
export function provenRequest({ epoch, key }: MeterKey, parties: HomeParties, question: HomeQuestion): HomeRequest {
  return { ...question, keyEpoch: epoch, proof: proofOf(key, parties, unproven(question, epoch)) }
}

/** Tells whether the maker of a request, at that end of the stream, knows K. */
export function isProven(key: Uint8Array, parties: HomeParties, request: ProvenQuestion): boolean {
  return timingSafeEqual(proofOf(key, parties, unproven(request, request.keyEpoch)), request.proof)
}

function unproven(question: HomeQuestion, epoch: KeyEpoch): Uint8Array {
  const head = concatBytes(u8(VERSION), u8(REQUESTS[question.type]), u32(epoch))
  return question.type === 'list' ? head : concatBytes(head, u64(question.firstSlot))
}

/** Encodes u8 version ‖ u8 kind, then code[32], or u32 keyEpoch ‖ proof[32], or u32 keyEpoch ‖ u64 firstSlot ‖ proof[32]. */
export function encodeHomeRequest(request: HomeRequest): Uint8Array {
  if (request.type !== 'pair') return concatBytes(unproven(request, request.keyEpoch), checkLength(request.proof, PROOF_BYTES, 'proof'))
  return concatBytes(u8(VERSION), u8(REQUESTS.pair), checkLength(request.code, PAIRING_CODE_BYTES, 'pairing code'))
}

/** @throws HomeMessageError */
export function decodeHomeRequest(bytes: Uint8Array): HomeRequest {
  return reading('request', bytes, (reader, kind) => {
    if (kind === REQUESTS.pair) return { type: 'pair', code: reader.take(PAIRING_CODE_BYTES, 'code') }
    if (kind !== REQUESTS.list && kind !== REQUESTS.get) throw new ByteReaderError(`kind: expected 1 to 3, got ${kind}`)
    const epoch = keyEpoch(reader.u32('keyEpoch'))
    const question: HomeQuestion = kind === REQUESTS.list ? { type: 'list' } : { type: 'get', firstSlot: slot(reader.u64('firstSlot')) }
    return { ...question, keyEpoch: epoch, proof: reader.take(PROOF_BYTES, 'proof') }
  })
}

/**
 * Encodes u8 version ‖ u8 kind, then the reason, or u32 keyEpoch ‖ K[32], or u8 inForce ‖ u32 count ‖ count × (u64 firstSlot ‖
 * u32 slots), or the batch.
 */
export function encodeHomeReply(reply: HomeReply): Uint8Array {
  const head = concatBytes(u8(VERSION), u8(REPLIES[reply.type]))
  if (reply.type === 'refused') return concatBytes(head, utf8(reply.reason).subarray(0, MOST_REASON_BYTES))
  if (reply.type === 'paired') return concatBytes(head, u32(reply.epoch), checkLength(reply.key, READING_KEY_BYTES, 'reading key'))
  if (reply.type === 'batch') return concatBytes(head, reply.bytes)
  const places = reply.batches.flatMap(({ firstSlot, slots }) => [u64(firstSlot), u32(slots)])
  return concatBytes(head, u8(reply.inForce ? 1 : 0), u32(reply.batches.length), ...places)
}

/** @throws HomeMessageError */
export function decodeHomeReply(bytes: Uint8Array): HomeReply {
  return reading('reply', bytes, (reader, kind) => {
    if (kind === REPLIES.refused) {
      const text = new TextDecoder().decode(reader.take(Math.min(reader.left, MOST_REASON_BYTES), 'reason'))
      // Removes control characters, since the reason ends up on a terminal.
      return { type: 'refused', reason: text.replace(/[\p{C}\u2028\u2029]/gu, '?') }
    }
    if (kind === REPLIES.paired)
      return { type: 'paired', epoch: keyEpoch(reader.u32('keyEpoch')), key: reader.take(READING_KEY_BYTES, 'key') }
    if (kind === REPLIES.batch) return { type: 'batch', bytes: reader.take(reader.left, 'batch') }
    if (kind !== REPLIES.list) throw new ByteReaderError(`kind: expected 0 to 3, got ${kind}`)
    const inForce = reader.u8('inForce')
    if (inForce > 1) throw new ByteReaderError(`inForce: expected 0 or 1, got ${inForce}`)
    const batches: BatchPlace[] = []
    for (let left = reader.u32('batches'); left > 0; left--)
      batches.push({ firstSlot: slot(reader.u64('firstSlot')), slots: reader.u32('slots') })
    return { type: 'list', inForce: inForce === 1, batches }
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
