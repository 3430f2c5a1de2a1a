// Costs of writing, reading and checking messages, beside bare protobuf of the same bytes and bare Ed25519.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import {
  decodeEnvelope,
  MaskReleasePayload,
  MessageType,
  PesBatch,
  PesReading,
  SHARE_BYTES,
  ShareReleasePayload,
  SubmissionPayload,
  sealEnvelope,
  signedBytes,
  TAG_BYTES,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  DEFAULT_LANES,
  type Epoch,
  equalBytes,
  fromHex,
  HushgridError,
  IdentityKey,
  SeededRng,
  type SigningKey,
  type Slot,
  VerifyKey
} from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import { comparedFigure, type Figure, type Work } from '../../results/measure.ts'
import { bareDecode, bareEncode } from './bare-protobuf.ts'

const NEIGHBOURS = 22
const LANE_BYTES = 8 * DEFAULT_LANES.length
const EPOCH = 3 as Epoch
/** Quarter-hour of 2025. */
const SLOT = 1_940_000 as Slot
/** Field of an envelope's payload (hushgrid.proto). */
const PAYLOAD = 5
const CALLS = 100
/** Calls for a batch, few since it is as long as all its readings. */
const BATCH_CALLS = 20

/** Message that every slot has, once or many times. */
interface HotMessage {
  readonly name: string
  readonly type: MessageType
  readonly calls: number
  readonly encode: () => Uint8Array
  readonly decode: (payload: Uint8Array) => unknown
}

interface Signer {
  readonly identity: IdentityKey
  readonly context: Uint8Array
}

/** Makes the messages of meters, aggregator and concentrator in every slot, or in one with a missing member. */
function hotMessages(rng: SeededRng, { identity, context }: Signer, batched: number): HotMessage[] {
  const lanes = rng.bytes(LANE_BYTES)
  const none = new Uint8Array(0)
  const corrections = rng.bytes(SHARE_BYTES * (NEIGHBOURS - shareThreshold(NEIGHBOURS)))
  const check = rng.bytes(SHARE_BYTES)
  const tags = rng.bytes(TAG_BYTES * NEIGHBOURS)
  const requestHash = rng.bytes(32)
  const shares = rng.bytes(SHARE_BYTES * NEIGHBOURS)
  // Lengths of nonce, plaintext and tag of AES-256-GCM: of lanes, and of ciphertext and proof for n of 3072 bits.
  const [sealed, proven] = [LANE_BYTES, 2 * 768 + 48 + 224].map(length => rng.bytes(12 + length + 16)) as [Uint8Array, Uint8Array]
  const readings = Array.from({ length: batched }, () =>
    sealEnvelope(identity, MessageType.PesReading, context, EPOCH, SLOT, PesReading.encode({ sealed: rng.bytes(sealed.byteLength) }))
  )
  const expected = rng.bytes(Math.ceil(batched / 8)).fill(255)
  const submission = { type: MessageType.Submission, calls: CALLS, decode: SubmissionPayload.decode }
  const reading = { type: MessageType.PesReading, calls: CALLS, decode: PesReading.decode }
  return [
    { ...submission, name: 'submission', encode: () => SubmissionPayload.encode({ lanes, corrections: none, check: none, tags: none }) },
    {
      ...submission,
      name: `submission with double mask, degree ${NEIGHBOURS}`,
      encode: () => SubmissionPayload.encode({ lanes, corrections, check, tags })
    },
    {
      name: 'mask release',
      type: MessageType.MaskRelease,
      calls: CALLS,
      encode: () => MaskReleasePayload.encode({ requestHash, lanes }),
      decode: MaskReleasePayload.decode
    },
    {
      name: `share release, degree ${NEIGHBOURS}`,
      type: MessageType.ShareRelease,
      calls: CALLS,
      encode: () => ShareReleasePayload.encode({ requestHash, shares }),
      decode: ShareReleasePayload.decode
    },
    { ...reading, name: 'PES reading under AES', encode: () => PesReading.encode({ sealed }) },
    { ...reading, name: 'PES reading under Paillier, 3072 bits', encode: () => PesReading.encode({ sealed: proven }) },
    {
      name: `PES batch of ${batched} readings`,
      type: MessageType.PesBatch,
      calls: BATCH_CALLS,
      encode: () => PesBatch.encode({ members: [], readings, last: true, expected }),
      decode: PesBatch.decode
    }
  ]
}

/** Times writing and reading without a signature, then sealing and opening as the state machines do. */
function messageFigures(rounds: number, message: HotMessage, { identity, context }: Signer): Figure[] {
  const { name, type, calls, encode, decode } = message
  const seal = (signer: SigningKey): Uint8Array => sealEnvelope(signer, type, context, EPOCH, SLOT, encode())
  const bytes = seal(identity)
  const fields = bareDecode(bytes)
  const { payload, signature } = decodeEnvelope(bytes)
  const payloadFields = bareDecode(payload)
  const bareSeal = (): Uint8Array =>
    bareEncode(fields.map(([number, value]) => [number, number === PAYLOAD ? bareEncode(payloadFields) : value]))
  if (!equalBytes(bareSeal(), bytes)) throw new HushgridError(`${name}: expected the floor to write the same bytes, got others`)
  const signed = signedBytes(context, { type, epoch: EPOCH, slot: SLOT, payload })
  const unsigned: SigningKey = { id: identity.id, sign: () => signature }
  const verifyKey = new VerifyKey(fromHex(identity.id))
  const privateKey = createPrivateKey({ key: Buffer.from(identity.exportSeed()), format: 'raw-private', asymmetricKeyType: 'ed25519' })
  const publicKey = createPublicKey(privateKey)
  const note = `${bytes.byteLength} B, of them ${payload.byteLength} B payload`
  const beside = (what: string, work: Work, floorName: string, floor: Work): Figure =>
    comparedFigure({ name: `${name}: ${what}`, note }, { rounds, calls, work, floorName, floor })
  const protobuf = 'bare protobuf of the same bytes'
  return [
    beside(
      'encode',
      () => seal(unsigned),
      protobuf,
      () => bareSeal()
    ),
    beside(
      'decode',
      () => decode(decodeEnvelope(bytes).payload),
      protobuf,
      () => bareDecode(bytes).map(([number, value]) => (number === PAYLOAD ? bareDecode(value as Uint8Array) : value))
    ),
    beside(
      'encode and sign',
      () => seal(identity),
      'bare Ed25519 signature',
      () => sign(null, signed, privateKey)
    ),
    beside(
      'decode and verify',
      () => {
        const envelope = decodeEnvelope(bytes)
        if (!verifyEnvelope(envelope, verifyKey, context)) throw new HushgridError(`${name}: expected a signature that holds`)
        return decode(envelope.payload)
      },
      'bare Ed25519 verification',
      () => verify(null, signed, publicKey, signature)
    )
  ]
}

/** Times every hot message, both ways. A batch's figures leave out the cost of its single readings. */
export function codecFigures(seed: string, rounds: number, batched: number): Figure[] {
  const rng = new SeededRng(`${seed} codec`)
  const signer = { identity: IdentityKey.generate(rng), context: rng.bytes(32) }
  return hotMessages(rng, signer, batched).flatMap(message => messageFigures(rounds, message, signer))
}
