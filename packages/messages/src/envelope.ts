// The envelope: one signed, canonical frame around every message of the protocol.
import {
  concatBytes,
  type Epoch,
  equalBytes,
  type MeterId,
  meterId,
  type SigningKey,
  type Slot,
  sha256,
  u64,
  utf8,
  type VerifyingKey
} from '@hushgrid/primitives'
import { MalformedMessageError } from './errors.ts'
import { ENVELOPE_OVERHEAD, PAYLOAD_LIMIT } from './limits.ts'
import { MessageType, Envelope as Wire } from './pb/hushgrid.js'

export { MessageType }

/** A signed message of PROTOCOL.md section 10, decoded and well-formed; its signature is not checked yet. */
export interface Envelope {
  /** The signer: a meter id, or the registrar's or the aggregator's key in the same notation. */
  readonly sender: MeterId
  readonly type: MessageType
  readonly epoch: Epoch
  readonly slot: Slot
  /** Protobuf of the type's payload, as sent. */
  readonly payload: Uint8Array
  /** Ed25519 signature, 64 bytes. */
  readonly signature: Uint8Array
  /** SHA-256 of the whole encoding; names the envelope. */
  readonly hash: Uint8Array
}

/**
 * Gives the bytes that an envelope's signature is over:
 * `"hushgrid/v2/" ‖ type name ‖ 0x00 ‖ context ‖ u64 epoch ‖ u64 slot ‖ SHA-256(payload)`.
 *
 * @param context - rosterHash; networkId for enrolment and roster messages, which come before a roster
 */
export function signedBytes(context: Uint8Array, { type, epoch, slot, payload }: Signed): Uint8Array {
  return concatBytes(prefix(type), context, u64(epoch), u64(slot), sha256(payload))
}

/** Fields of an envelope that its signature is over. */
export type Signed = Pick<Envelope, 'type' | 'epoch' | 'slot' | 'payload'>

const prefixes = new Map<MessageType, Uint8Array>()

function prefix(type: MessageType): Uint8Array {
  let bytes = prefixes.get(type)
  if (!bytes) {
    bytes = utf8(`hushgrid/v2/${type}\0`)
    prefixes.set(type, bytes)
  }
  return bytes
}

/** Signs a payload and encodes the envelope, canonically. */
export function sealEnvelope(
  signer: SigningKey,
  type: MessageType,
  context: Uint8Array,
  epoch: Epoch,
  slot: Slot,
  payload: Uint8Array
): Uint8Array {
  const signature = signer.sign(signedBytes(context, { type, epoch, slot, payload }))
  return Wire.encode({ sender: Buffer.from(signer.id, 'hex'), type, epoch, slot, payload: plain(payload), signature: plain(signature) })
}

/** protons asks for bytes over an ArrayBuffer, which ours always are. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}

/**
 * Decodes an envelope and holds it to the canonical form: these fields in this order and nothing else.
 *
 * @throws MalformedMessageError naming the first rule that is broken
 */
export function decodeEnvelope(bytes: Uint8Array, limit: number = ENVELOPE_OVERHEAD + PAYLOAD_LIMIT[MessageType.JoinReply]): Envelope {
  if (bytes.byteLength > limit)
    throw new MalformedMessageError('oversized', `envelope: expected at most ${limit} bytes, got ${bytes.byteLength}`)
  let wire: Wire
  try {
    wire = Wire.decode(bytes)
  } catch (cause) {
    const unknown = cause instanceof Error && cause.message.startsWith('Invalid enum value')
    throw new MalformedMessageError(unknown ? 'unknown-type' : 'malformed', 'envelope: expected protobuf of an envelope with a known type')
  }
  if (wire.type === MessageType.Unspecified) throw new MalformedMessageError('unknown-type', 'envelope: expected a type, got none')
  if (wire.sender.byteLength !== 32)
    throw new MalformedMessageError('bad-field', `sender: expected 32 bytes, got ${wire.sender.byteLength}`)
  if (wire.signature.byteLength !== 64) {
    throw new MalformedMessageError('bad-field', `signature: expected 64 bytes, got ${wire.signature.byteLength}`)
  }
  if (wire.epoch > 2 ** 48 || wire.slot > 2 ** 48) throw new MalformedMessageError('bad-field', 'epoch and slot: expected at most 2^48')
  const most = PAYLOAD_LIMIT[wire.type]
  if (wire.payload.byteLength > most) {
    throw new MalformedMessageError(
      'oversized',
      `${wire.type}: expected a payload of at most ${most} bytes, got ${wire.payload.byteLength}`
    )
  }
  if (!equalBytes(Wire.encode(wire), bytes)) throw new MalformedMessageError('not-canonical', 'envelope: expected the canonical encoding')
  return {
    sender: meterId(wire.sender),
    type: wire.type,
    epoch: wire.epoch as Epoch,
    slot: wire.slot as Slot,
    payload: wire.payload,
    signature: wire.signature,
    hash: sha256(bytes)
  }
}

/** Tells whether the envelope's signature holds under the sender's key and the given context. */
export function verifyEnvelope(envelope: Envelope, key: VerifyingKey, context: Uint8Array): boolean {
  return key.verify(signedBytes(context, envelope), envelope.signature)
}
