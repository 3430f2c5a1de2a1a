// Submission of the robust scheme of Dimitriou and Awad: a blinded reading for the utility alone, with proofs that the reading
// is small and that nothing but the committed blindings was added.
import { fromBytes, type PrivateKey, toBytes } from '@hushgrid/paillier'
import { concatBytes, equalBytes, type LaneVector, type MeterId, sha256, signedLanes, u8, u16, u64 } from '@hushgrid/primitives'
import { encodeScalar, G, GROUP_ORDER, H, Point, SCALAR_BYTES, type Scalar, scalar } from '@hushgrid/primitives/group'
import { pack } from '../../arithmetic/packing.ts'
import { domain } from '../../arithmetic/random.ts'
import type { SquareRing } from '../../arithmetic/square-ring.ts'
import { decodeScalars } from '../../bodies/elements.ts'
import { parts } from '../../bodies/parts.ts'
import { MalformedBodyError } from '../../errors.ts'
import type { Turn, Work } from '../../scheme.ts'
import { BIT_BYTES, commitBit, decodeBit, holdsBit } from './bit-proof.ts'
import { decryptUnder, type Opening, openingIn, type SealedOpening } from './openings.ts'

/** Bits of a lane: a reading is proved to be from 0 to 2^16 − 1. */
export const LANE_BITS = 16
const FIELD_BITS = 80
const DIGEST_BYTES = 32

/** A neighbour's opening that fits its commitment. */
export interface Taken {
  readonly opening: Opening
  readonly commitment: Point
}

/** What is wrong with an opening, shown by its decryption: C = (1 + DN)·ρ^N. */
export interface Complaint {
  readonly ciphertext: bigint
  readonly plain: bigint
  readonly root: bigint
}

/** Neighbours whose blinding was not taken: with a complaint, or nothing where nothing readable came. */
export type Untaken = ReadonlyMap<MeterId, Complaint | undefined>

/** Gives each bit's place in the packed reading, lane by lane. */
function places(lanes: number): { readonly lane: number; readonly bit: number; readonly weight: bigint }[] {
  return Array.from({ length: lanes * LANE_BITS }, (_, i) => {
    const [lane, bit] = [Math.floor(i / LANE_BITS), i % LANE_BITS]
    return { lane, bit, weight: 1n << BigInt(FIELD_BITS * lane + bit) }
  })
}

/** Says what a bit's proof is for. */
function contextOf({ group, slot }: Turn, member: MeterId, { lane, bit }: { readonly lane: number; readonly bit: number }): Uint8Array {
  return concatBytes(domain('dimitriou-awad-robust/bit'), u64(slot), u16(group.members.indexOf(member)), u8(lane), u8(bit))
}

/** Hashes the commitments whose openings a meter took, ascending by member. */
function digestOf(commitments: Iterable<Point>): Uint8Array {
  return sha256(...Array.from(commitments, commitment => commitment.encode()))
}

/** Decrypts what came from a neighbour: its opening, or what is wrong with it. */
export function take(key: PrivateKey, { ciphertext, commitment }: SealedOpening, work: Work): Taken | Complaint {
  const plain = decryptUnder(key, ciphertext, work)
  const opening = openingIn(plain, commitment, work)
  if (opening) return { opening, commitment }
  work.count('modexp', 1, key.publicKey.bits, key.publicKey.bits)
  return { ciphertext, plain, root: key.obfuscatorRoot(key.publicKey.ciphertext(ciphertext)) }
}

export interface SubmissionParts {
  readonly reading: LaneVector
  readonly given: Iterable<Opening>
  /** Ascending by member. */
  readonly taken: readonly Taken[]
  readonly untaken: Untaken
}

/** Makes Enc(y) ‖ v ‖ bits ‖ digest, and for each neighbour whose blinding was not taken `u16 number ‖ u8 complaint follows`. */
export function makeSubmission(
  { reading, given, taken, untaken }: SubmissionParts,
  rings: { readonly own: SquareRing; readonly utility: SquareRing },
  turn: Turn
): Uint8Array {
  const { rng, work, self, group } = turn
  const values = signedLanes(reading)
  let [y, v] = [pack(values), 0n]
  const bits = places(reading.length).map(place => {
    const set = ((values[place.lane] as bigint) >> BigInt(place.bit)) & 1n
    const { opening, bytes } = commitBit(set === 1n ? 1 : 0, contextOf(turn, self, place), rng, work)
    v += place.weight * opening
    return bytes
  })
  for (const { r, s } of given) [y, v] = [y + r, v + s]
  for (const { opening } of taken) [y, v] = [y - opening.r, v - opening.s]
  const { own, utility } = rings
  const notices = [...untaken].map(([id, complaint]) => {
    const head = concatBytes(u16(group.members.indexOf(id)), u8(complaint ? 1 : 0))
    if (!complaint) return head
    // A plaintext is centred; its residue is as good.
    const plain = complaint.plain < 0n ? complaint.plain + own.n : complaint.plain
    return concatBytes(head, own.encode(complaint.ciphertext), toBytes(plain, own.residueBytes), toBytes(complaint.root, own.residueBytes))
  })
  return concatBytes(
    utility.encode(utility.encrypt(scalar(y), rng, work)),
    encodeScalar(scalar(v)),
    ...bits,
    digestOf(taken.map(({ commitment }) => commitment)),
    ...notices
  )
}

/** A submission as it came. */
export interface Submission {
  readonly ciphertext: bigint
  readonly v: Scalar
  readonly bits: readonly ReturnType<typeof decodeBit>[]
  readonly digest: Uint8Array
  readonly untaken: Untaken
}

/**
 * Decodes a submission.
 *
 * @param rings - the sender's ring and the utility's
 * @throws MalformedBodyError
 */
export function decodeSubmission(
  body: Uint8Array,
  sender: MeterId,
  rings: { readonly own: SquareRing; readonly utility: SquareRing },
  { group }: Turn
): Submission {
  const bits = places(group.lanes)
  const { utility, own } = rings
  const [atV, atBits] = [utility.elementBytes, utility.elementBytes + SCALAR_BYTES]
  const atDigest = atBits + bits.length * BIT_BYTES
  const atNotices = atDigest + DIGEST_BYTES
  if (body.byteLength < atNotices) throw new MalformedBodyError(sender, `expected at least ${atNotices} bytes, got ${body.byteLength}`)
  return {
    ciphertext: utility.decode(body.subarray(0, atV), sender),
    v: decodeScalars(body.subarray(atV, atBits), 1, sender)[0] as Scalar,
    bits: bits.map((_, i) => decodeBit(body.subarray(atBits + i * BIT_BYTES, atBits + (i + 1) * BIT_BYTES), sender)),
    digest: body.subarray(atDigest, atNotices),
    untaken: decodeUntaken(body.subarray(atNotices), sender, own, group.members)
  }
}

function decodeUntaken(bytes: Uint8Array, sender: MeterId, ring: SquareRing, members: readonly MeterId[]): Untaken {
  const untaken = new Map<MeterId, Complaint | undefined>()
  const complaintBytes = ring.elementBytes + 2 * ring.residueBytes
  let [at, last] = [0, -1]
  while (at < bytes.byteLength) {
    const [low = 0, high = 0, follows = 2] = bytes.subarray(at, at + 3)
    const number = low + 256 * high
    const end = at + 3 + (follows === 1 ? complaintBytes : 0)
    const id = members[number]
    if (follows > 1 || end > bytes.byteLength || number <= last || id === undefined)
      throw new MalformedBodyError(sender, 'expected ascending numbers of members with complaints, got others')
    untaken.set(id, follows === 0 ? undefined : decodeComplaint(bytes.subarray(at + 3, end), ring, sender))
    ;[at, last] = [end, number]
  }
  return untaken
}

/** Takes residues only: of a plaintext with N added a good opening looks like none, and its giver would be left out. */
function decodeComplaint(bytes: Uint8Array, ring: SquareRing, sender: MeterId): Complaint {
  const [ciphertext, residues] = [bytes.subarray(0, ring.elementBytes), bytes.subarray(ring.elementBytes)]
  const [plain, root] = parts(residues, 2, ring.residueBytes, sender).map(fromBytes) as [bigint, bigint]
  if (plain >= ring.n || root >= ring.n) throw new MalformedBodyError(sender, 'expected residues modulo N, got a larger number')
  return { ciphertext: ring.decode(ciphertext, sender), plain, root }
}

/** Tells whether a complaint shows what its ciphertext holds. */
export function showsPlaintext({ ciphertext, plain, root }: Complaint, ring: SquareRing, work: Work): boolean {
  return root !== 0n && (ring.plain(plain) * ring.power(root, ring.n, work)) % ring.squared === ciphertext
}

/** Commitments that a submission is checked against: to blindings that were given and to those that were taken. */
export interface Committed {
  readonly given: Iterable<Point>
  /** Ascending by member. */
  readonly taken: readonly Point[]
}

/** Tells whether a meter took the openings of those commitments that its neighbours showed the utility. */
export function tookThese({ digest }: Submission, taken: readonly Point[]): boolean {
  return equalBytes(digest, digestOf(taken))
}

/** Decrypts the blinded reading; undefined where proofs fail or more than the committed blindings was added. */
export function checkSubmission(
  { ciphertext, v, bits }: Submission,
  sender: MeterId,
  { given, taken }: Committed,
  { key, turn }: { readonly key: PrivateKey; readonly turn: Turn }
): Scalar | undefined {
  const { work, group } = turn
  const y = decryptUnder(key, ciphertext, work)
  const all = places(group.lanes)
  if (y < 0n || y >= GROUP_ORDER) return undefined
  if (!bits.every((bit, i) => holdsBit(bit, contextOf(turn, sender, all[i] as (typeof all)[number]), work))) return undefined
  const weighted = bits.map(({ committed }, i) => committed.multiply((all[i] as (typeof all)[number]).weight))
  work.count('scalar-mult', bits.length + 3)
  const expected = Point.sum([...weighted, ...given]).add(Point.sum(taken).multiply(-1n))
  return G.multiply(y).add(H.multiply(v)).equals(expected) ? (y as Scalar) : undefined
}
