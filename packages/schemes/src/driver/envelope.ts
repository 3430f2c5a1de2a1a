// The envelope that every message of a scheme is in: who sent it to whom, for which phase, slot and round, and a signature.
//
// On the wire: sender (32 bytes) ‖ u8 phase ‖ u64 slot ‖ u8 round ‖ receiver (32 bytes; zeros for all meters) ‖ body ‖
// Ed25519 signature (64 bytes). The signature is over
// `"hushgrid/v1/scheme" ‖ 0x00 ‖ scheme ‖ 0x00 ‖ groupHash ‖ u8 phase ‖ u64 slot ‖ u8 round ‖ receiver ‖ SHA-256(body)`.
// A phase's code is its place in `PHASES`; 0x80 is added where the body is sealed, so that the signature covers that too.
// The epoch is not sent: phase and slot name the group, and its hash is signed.
import { MalformedMessageError } from '@hushgrid/messages'
import {
  concatBytes,
  type MeterId,
  meterId,
  type SigningKey,
  type Slot,
  sha256,
  u8,
  u64,
  utf8,
  type VerifyingKey
} from '@hushgrid/primitives'
import type { Phase } from '../scheme.ts'
import { ByteReader, idBytes } from './byte-reader.ts'

/** Phases in the order of their codes. */
export const PHASES: readonly Phase[] = ['setup', 'join', 'leave', 'slot']
const SEALED = 0x80
const EVERYBODY = new Uint8Array(32)
/** Bytes of an envelope without its body. */
const OVERHEAD = 32 + 1 + 8 + 1 + 32 + 64

/** Phase, slot and round of a message; rounds from 1. */
export interface Place {
  readonly phase: Phase
  readonly slot: Slot
  readonly round: number
}

/** An envelope, well-formed; its signature is not checked yet. */
export interface SchemeEnvelope extends Place {
  readonly sender: MeterId
  readonly receiver: MeterId | 'meters'
  readonly sealed: boolean
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

/** What a signature is bound to beside the message. */
export interface SigningContext {
  readonly scheme: string
  readonly groupHash: Uint8Array
}

type Unsigned = Omit<SchemeEnvelope, 'signature' | 'sender'>

/** Gives a phase's code. */
export function phaseCode(phase: Phase): Uint8Array {
  return u8(PHASES.indexOf(phase))
}

function head({ phase, slot, round, receiver, sealed }: Unsigned): Uint8Array {
  const code = PHASES.indexOf(phase) + (sealed ? SEALED : 0)
  return concatBytes(u8(code), u64(slot), u8(round), receiver === 'meters' ? EVERYBODY : idBytes(receiver))
}

function signedBytes(message: Unsigned, { scheme, groupHash }: SigningContext): Uint8Array {
  return concatBytes(utf8(`hushgrid/v1/scheme\0${scheme}\0`), groupHash, head(message), sha256(message.body))
}

/** Signs a message and encodes its envelope. */
export function sealSchemeEnvelope(message: Unsigned, context: SigningContext, signer: SigningKey): Uint8Array {
  return concatBytes(idBytes(signer.id), head(message), message.body, signer.sign(signedBytes(message, context)))
}

/** @throws MalformedMessageError naming the first rule that is broken */
export function decodeSchemeEnvelope(bytes: Uint8Array, maxBytes: number): SchemeEnvelope {
  if (bytes.byteLength > maxBytes)
    throw new MalformedMessageError('oversized', `envelope: expected at most ${maxBytes} bytes, got ${bytes.byteLength}`)
  const reader = new ByteReader(bytes, 'envelope')
  const sender = reader.id()
  const code = reader.u8()
  const phase = PHASES[code & ~SEALED]
  if (!phase) throw new MalformedMessageError('unknown-type', `phase: expected a code below ${PHASES.length}, got ${code & ~SEALED}`)
  const slot = reader.u64() as Slot
  const round = reader.u8()
  const to = reader.bytes(32)
  const receiver = to.every(byte => byte === 0) ? 'meters' : meterId(to)
  const body = reader.bytes(Math.max(0, bytes.byteLength - OVERHEAD))
  const signature = reader.bytes(64)
  reader.end()
  if (code >= SEALED && receiver === 'meters') throw new MalformedMessageError('bad-field', 'sealed: expected one receiver, got all meters')
  return { sender, phase, slot, round, receiver, sealed: code >= SEALED, body, signature }
}

/** Tells whether an envelope is of its sender, for this scheme and group. */
export function verifySchemeEnvelope(envelope: SchemeEnvelope, context: SigningContext, key: VerifyingKey): boolean {
  return key.verify(signedBytes(envelope, context), envelope.signature)
}
