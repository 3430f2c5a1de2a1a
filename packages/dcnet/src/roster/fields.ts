// The fields of a roster (PROTOCOL.md section 4), as they are hashed and travel.

import { MAX_LANES, MAX_MEMBERS } from '@hushgrid/messages'
import {
  checkLength,
  checkSlotSeconds,
  concatBytes,
  type Epoch,
  epoch,
  equalBytes,
  fromHex,
  InvalidArgumentError,
  type LaneTerms,
  type MeterId,
  meterId,
  obisCode,
  READING_LIMIT,
  type Slot,
  slot,
  u8,
  u16,
  u32,
  u64,
  utf8
} from '@hushgrid/primitives'
import { checkDegree, completeDegree, oneOf, RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'

/** Ways to the total when members are missing (PROTOCOL.md section 7), as the roster writes them. */
export const RECOVERY = Object.fromEntries(RECOVERY_MODES.map((mode, code) => [mode, code])) as Readonly<Record<RecoveryMode, Recovery>>
/** A mode's byte in the roster: its place in the list of modes, the one that asks for more trust first. */
export type Recovery = PlaceOf<keyof typeof RECOVERY_MODES>
type PlaceOf<Key> = Key extends `${infer Place extends number}` ? Place : never

/** One entry of a roster. */
export interface RosterMember {
  readonly meterId: MeterId
  /** X25519 public key, 32 bytes. */
  readonly blindingKey: Uint8Array
  /** 16 random bytes that the registrar drew on admission. */
  readonly placement: Uint8Array
  /** True where it is known to be away: it keeps its place, nobody masks towards it, it submits nothing. */
  readonly absent: boolean
  /** Lanes of the roster that it can fill, a bit each, from the lowest of the first byte; ceil(lanes / 8) bytes. */
  readonly laneMask: Uint8Array
}

/** A pair that does not mask towards each other any more (PROTOCOL.md section 7): the lower meter id, then the higher. */
export type Cut = readonly [lower: MeterId, higher: MeterId]

/** Fields of a roster (PROTOCOL.md section 4), in the order in which they are hashed. */
export interface RosterFields {
  readonly networkId: Uint8Array
  readonly epoch: Epoch
  readonly season: number
  readonly seasonFirstSlot: Slot
  /** First slot that is not the season's any more. */
  readonly seasonEndSlot: Slot
  /** Hash of the roster before; 32 zeros for epoch 0. */
  readonly previousRosterHash: Uint8Array
  readonly firstSlot: Slot
  readonly slotSeconds: number
  readonly lanes: readonly LaneTerms[]
  readonly degree: number
  readonly minMembers: number
  readonly recovery: Recovery
  /** True where submissions carry commitments (PROTOCOL.md section 11). */
  readonly committed: boolean
  readonly ringSeed: Uint8Array
  readonly registrarKey: MeterId
  readonly aggregatorKey: MeterId
  /** Ascending, each once. */
  readonly cuts: readonly Cut[]
}

const PREFIX = utf8('hushgrid/v2/roster')
/** Suite 1: X25519. */
const SUITE = 1
/** Bytes of a member before its lane mask: meter id, blinding key, placement, whether it is absent. */
export const ENTRY_HEAD = 32 + 32 + 16 + 1

/** Gives the bytes of a lane mask. */
export function laneMaskBytes(lanes: number): number {
  return Math.ceil(lanes / 8)
}

/** Gives the mask of the lanes for which `has` says so. */
export function laneMaskOf(lanes: readonly LaneTerms[], has: (lane: LaneTerms) => boolean): Uint8Array {
  const mask = new Uint8Array(laneMaskBytes(lanes.length))
  lanes.forEach((lane, l) => {
    if (has(lane)) mask[l >> 3] = (mask[l >> 3] as number) | (1 << (l & 7))
  })
  return mask
}

/** Tells whether a lane mask has a lane. */
export function hasLane(mask: Uint8Array, lane: number): boolean {
  return (((mask[lane >> 3] as number) >> (lane & 7)) & 1) === 1
}

/** Encodes the bytes that a roster is hashed over; members may come in any order. */
export function encodeFields(fields: RosterFields, members: readonly RosterMember[]): Uint8Array {
  const sorted = [...members].sort((a, b) => (a.meterId < b.meterId ? -1 : 1))
  const maskBytes = laneMaskBytes(fields.lanes.length)
  return concatBytes(
    PREFIX,
    checkLength(fields.networkId, 32, 'networkId'),
    u64(fields.epoch),
    u32(fields.season),
    u64(fields.seasonFirstSlot),
    u64(fields.seasonEndSlot),
    checkLength(fields.previousRosterHash, 32, 'previousRosterHash'),
    u64(fields.firstSlot),
    u32(fields.slotSeconds),
    u16(fields.lanes.length),
    ...fields.lanes.flatMap(({ obis, maxReading, support }) => [u8(utf8(obis).byteLength), utf8(obis), u64(maxReading), u16(support)]),
    u16(fields.degree),
    u16(fields.minMembers),
    u8(fields.recovery),
    u8(SUITE),
    u8(fields.committed ? 1 : 0),
    checkLength(fields.ringSeed, 32, 'ringSeed'),
    fromHex(fields.registrarKey),
    fromHex(fields.aggregatorKey),
    u32(sorted.length),
    ...sorted.flatMap(member => [
      fromHex(member.meterId),
      checkLength(member.blindingKey, 32, 'blindingKey'),
      checkLength(member.placement, 16, 'placement'),
      u8(member.absent ? 1 : 0),
      checkLength(member.laneMask, maskBytes, 'laneMask')
    ]),
    u32(fields.cuts.length),
    ...[...fields.cuts].sort(compareCuts).flatMap(([lower, higher]) => [fromHex(lower), fromHex(higher)])
  )
}

/** Compares two cuts as the bytes of the roster do. */
function compareCuts([a, b]: Cut, [c, d]: Cut): number {
  return a < c ? -1 : a > c ? 1 : b < d ? -1 : b > d ? 1 : 0
}

/**
 * Reads the bytes that a roster is hashed over, but for the members, which stay packed.
 *
 * @throws InvalidArgumentError naming the first field that is not what it must be
 */
export function decodeFields(bytes: Uint8Array): { readonly fields: RosterFields; readonly entries: Uint8Array } {
  const view = new DataView(bytes.buffer)
  let at = 0
  const take = (length: number, name: string): Uint8Array => {
    if (at + length > bytes.byteLength) throw new InvalidArgumentError('roster', `${length} bytes of ${name} at byte ${at}`, 'its end')
    at += length
    return bytes.subarray(at - length, at)
  }
  const number = (size: 1 | 2 | 4, name: string): number => {
    const start = take(size, name).byteOffset
    return size === 1 ? view.getUint8(start) : size === 2 ? view.getUint16(start, true) : view.getUint32(start, true)
  }
  const long = (name: string): number => Number(view.getBigUint64(take(8, name).byteOffset, true))

  if (!equalBytes(take(PREFIX.byteLength, 'prefix'), PREFIX))
    throw new InvalidArgumentError('roster', 'its prefix of version 2', 'other bytes')
  const networkId = take(32, 'networkId')
  const epochNumber = epoch(long('epoch'))
  const season = number(4, 'season')
  const seasonFirstSlot = slot(long('seasonFirstSlot'))
  const seasonEndSlot = slot(long('seasonEndSlot'))
  const previousRosterHash = take(32, 'previousRosterHash')
  const firstSlot = slot(long('firstSlot'))
  const slotSeconds = checkSlotSeconds(number(4, 'slotSeconds'))
  const laneCount = number(2, 'laneCount')
  if (laneCount < 1 || laneCount > MAX_LANES) throw new InvalidArgumentError('roster lanes', `1 to ${MAX_LANES}`, String(laneCount))
  const lanes: LaneTerms[] = []
  for (let i = 0; i < laneCount; i++) {
    const obis = obisCode(Buffer.from(take(number(1, 'lane length'), 'lane')).toString('utf8'))
    lanes.push({ obis, maxReading: checkMaxReading(long('maxReading')), support: number(2, 'support') })
  }
  if (new Set(lanes.map(({ obis }) => obis)).size !== lanes.length)
    throw new InvalidArgumentError('roster lanes', 'each lane once', 'one twice')
  const degree = number(2, 'degree')
  const minMembers = number(2, 'minMembers')
  const code = number(1, 'recovery')
  const mode = RECOVERY_MODES[code]
  if (!mode) throw new InvalidArgumentError('roster recovery', oneOf(Object.values(RECOVERY)), String(code))
  if (number(1, 'suite') !== SUITE) throw new InvalidArgumentError('roster suite', `${SUITE}, X25519`, 'another')
  const flags = number(1, 'flags')
  if (flags > 1) throw new InvalidArgumentError('roster flags', '0 or 1', String(flags))
  const ringSeed = take(32, 'ringSeed')
  const registrarKey = meterId(take(32, 'registrarKey'))
  const aggregatorKey = meterId(take(32, 'aggregatorKey'))
  const n = number(4, 'n')
  if (n < 2 || n > MAX_MEMBERS) throw new InvalidArgumentError('roster members', `2 to ${MAX_MEMBERS}`, String(n))
  checkDegree(degree, n, mode)
  // A complete graph is written in one way.
  if (degree > completeDegree(n))
    throw new InvalidArgumentError('roster degree', `at most ${completeDegree(n)} with ${n} members`, String(degree))
  const entries = take(n * (ENTRY_HEAD + laneMaskBytes(laneCount)), 'members')
  const cutCount = number(4, 'cutCount')
  const cuts: Cut[] = []
  for (let i = 0; i < cutCount; i++) cuts.push([meterId(take(32, 'cut')), meterId(take(32, 'cut'))])
  cuts.forEach((cut, i) => {
    if (cut[0] >= cut[1] || (i > 0 && compareCuts(cuts[i - 1] as Cut, cut) >= 0))
      throw new InvalidArgumentError('roster cuts', 'pairs in order, ascending, each once', 'another order')
  })
  if (at !== bytes.byteLength) throw new InvalidArgumentError('roster', `${at} bytes`, String(bytes.byteLength))
  const fields: RosterFields = {
    networkId,
    epoch: epochNumber,
    season,
    seasonFirstSlot,
    seasonEndSlot,
    previousRosterHash,
    firstSlot,
    slotSeconds,
    lanes,
    degree,
    minMembers,
    recovery: RECOVERY[mode],
    committed: flags === 1,
    ringSeed,
    registrarKey,
    aggregatorKey,
    cuts
  }
  return { fields, entries }
}

function checkMaxReading(value: number): number {
  if (value >= Number(READING_LIMIT)) throw new InvalidArgumentError('roster maxReading', `below ${READING_LIMIT}`, String(value))
  return value
}
