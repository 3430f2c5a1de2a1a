// What the protocol computes, beside its floor: masks, sums, keys, signatures, codec.
import { createCipheriv, randomBytes } from 'node:crypto'
import { EpochMasks, MASK_BATCH_SLOTS, networkId, Roster, SharedSecrets } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType, SubmissionPayload, sealEnvelope, verifyEnvelope } from '@hushgrid/messages'
import {
  addLanes,
  BlindingKey,
  DEFAULT_LANES,
  type Epoch,
  fromHex,
  IdentityKey,
  lanesFromBytes,
  lanesToBytes,
  SeededRng,
  type Slot,
  VerifyKey,
  zeroLanes
} from '@hushgrid/primitives'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { median } from '../lab/run.ts'
import { compared, type Figure, microseconds } from './measure.ts'

const NEIGHBOURS = 22
const LANES = 2
/** Blocks of 16 bytes that a slot takes for two lanes. */
const SLOT_BYTES = 16

/** A roster of as many members as the neighbours need, and the blinding key of its first. */
function neighbourhood(members: number, degree: number): { roster: Roster; blinding: BlindingKey; index: number } {
  const rng = new SeededRng('bench')
  const blinding = BlindingKey.generate(rng)
  const own = IdentityKey.generate(rng).id
  const others = Array.from({ length: members - 1 }, () => ({ id: IdentityKey.generate(rng).id, key: BlindingKey.generate(rng).publicKey }))
  const entries = [{ id: own, key: blinding.publicKey }, ...others]
  const roster = Roster.create(
    {
      networkId: networkId('bench'),
      epoch: 0 as Epoch,
      season: 0,
      previousRosterHash: new Uint8Array(32),
      firstSlot: 0 as Slot,
      slotSeconds: 900,
      lanes: DEFAULT_LANES,
      degree,
      minMembers: 6,
      recovery: 1,
      ringSeed: rng.bytes(32),
      registrarKey: IdentityKey.generate(rng).id,
      aggregatorKey: IdentityKey.generate(rng).id
    },
    entries.map(({ id, key }) => ({ meterId: id, blindingKey: key, placement: rng.bytes(16), absent: false }))
  )
  return { roster, blinding, index: roster.indexOf(own) ?? 0 }
}

/** Mask of one reading out of a day's batch, against AES-256-CTR over the same bytes in one call. */
function maskFigure(rounds: number): Figure {
  const { roster, blinding, index } = neighbourhood(60, NEIGHBOURS)
  const masks = new EpochMasks(roster, index, new SharedSecrets(blinding))
  const key = randomBytes(32)
  const counter = new Uint8Array(16)
  const zeros = new Uint8Array(NEIGHBOURS * MASK_BATCH_SLOTS * SLOT_BYTES)
  let day = 0
  const perDay = compared(
    rounds,
    60,
    () => {
      // A new day each time, so that the batch is expanded anew; then every reading of it takes its mask.
      day += MASK_BATCH_SLOTS
      for (let slot = day; slot < day + MASK_BATCH_SLOTS; slot++) masks.mask(slot as Slot)
    },
    () => createCipheriv('aes-256-ctr', key, counter).update(zeros)
  )
  return {
    name: `mask of one reading, ${NEIGHBOURS} neighbours, ${LANES} lanes, day batch`,
    unit: 'µs',
    value: perDay.value / MASK_BATCH_SLOTS,
    floor: 'AES-256-CTR over the same bytes, one call',
    ratio: perDay.ratio,
    goal: 5,
    runs: rounds
  }
}

/** What a day of masks adds up: a vector of a day's lanes for each neighbour. */
function sumFigure(rounds: number): Figure {
  const rng = new SeededRng('sum')
  const length = MASK_BATCH_SLOTS * LANES
  const vectors = Array.from({ length: NEIGHBOURS }, () => lanesFromBytes(rng.bytes(8 * length), length))
  const pairs = vectors.map(vector => new Uint32Array(lanesToBytes(vector).buffer))
  const result = compared(
    rounds,
    500,
    () => {
      const sum = zeroLanes(length)
      for (const vector of vectors) addLanes(sum, vector)
    },
    () => {
      const sum = new Uint32Array(2 * length)
      for (const vector of pairs) {
        for (let i = 0; i < sum.length; i += 2) {
          const low = (sum[i] as number) + (vector[i] as number)
          sum[i] = low
          sum[i + 1] = (sum[i + 1] as number) + (vector[i + 1] as number) + (low > 0xffffffff ? 1 : 0)
        }
      }
    }
  )
  const name = `sum of a day's masks, ${NEIGHBOURS} neighbours, ${LANES} lanes`
  return { name, unit: 'µs', value: result.value, floor: 'pairs of 32-bit words with a carry', ratio: result.ratio, runs: rounds }
}

function keyFigures(rounds: number): Figure[] {
  const rng = new SeededRng('keys')
  const [own, other] = [BlindingKey.generate(rng), BlindingKey.generate(rng)]
  const secret = own.exportSecret()
  const agree = compared(
    rounds,
    50,
    () => own.agree(other.publicKey),
    () => x25519.getSharedSecret(secret, other.publicKey)
  )
  const identity = IdentityKey.generate(rng)
  const seed = identity.exportSeed()
  const message = rng.bytes(120)
  const signature = identity.sign(message)
  const verifyKey = new VerifyKey(fromHex(identity.id))
  const sign = compared(
    rounds,
    50,
    () => identity.sign(message),
    () => ed25519.sign(message, seed)
  )
  const verify = compared(
    rounds,
    50,
    () => verifyKey.verify(message, signature),
    () => ed25519.verify(signature, message, fromHex(identity.id))
  )
  const figure = (name: string, { value, ratio }: { value: number; ratio: number }): Figure => ({
    name,
    unit: 'µs',
    value,
    floor: '@noble/curves',
    ratio,
    runs: rounds
  })
  return [figure('X25519 key agreement', agree), figure('Ed25519 signature', sign), figure('Ed25519 verification', verify)]
}

function codecFigures(rounds: number): Figure[] {
  const rng = new SeededRng('codec')
  const identity = IdentityKey.generate(rng)
  const key = new VerifyKey(fromHex(identity.id))
  const context = rng.bytes(32)
  const lanes = rng.bytes(16)
  const none = new Uint8Array(0)
  const payload = (): Uint8Array => SubmissionPayload.encode({ lanes, corrections: none, check: none })
  const sealed = sealEnvelope(identity, MessageType.Submission, context, 1 as Epoch, 1 as Slot, payload())
  const figure = (name: string, work: () => void): Figure => ({
    name,
    unit: 'µs',
    value: median(microseconds(rounds, 200, work)) ?? 0,
    runs: rounds
  })
  return [
    figure('submission: encode and sign', () => sealEnvelope(identity, MessageType.Submission, context, 1 as Epoch, 1 as Slot, payload())),
    figure('submission: decode', () => SubmissionPayload.decode(decodeEnvelope(sealed).payload)),
    figure('submission: decode and verify', () => verifyEnvelope(decodeEnvelope(sealed), key, context))
  ]
}

/** All of it, each the median of so many rounds. */
export function computationFigures(rounds: number): Figure[] {
  return [maskFigure(rounds), sumFigure(rounds), ...keyFigures(rounds), ...codecFigures(rounds)]
}
