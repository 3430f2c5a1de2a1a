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
  type MeterId,
  meterId,
  type ObisCode,
  obisCode,
  type Slot,
  slot,
  u8,
  u16,
  u32,
  u64,
  utf8
} from '@hushgrid/primitives'
import { checkDegree, oneOf, RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'

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
}

/** Fields of a roster (PROTOCOL.md section 4), in the order in which they are hashed. */
export interface RosterFields {
  readonly networkId: Uint8Array
  readonly epoch: Epoch
  readonly season: number
  /** Hash of the roster before; 32 zeros for epoch 0. */
  readonly previousRosterHash: Uint8Array
  readonly firstSlot: Slot
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly degree: number
  readonly minMembers: number
  readonly recovery: Recovery
  readonly ringSeed: Uint8Array
  readonly registrarKey: MeterId
  readonly aggregatorKey: MeterId
}

const PREFIX = utf8('hushgrid/v1/roster')
/** Bytes of a member: meter id, blinding key, placement, whether it is absent. */
export const ENTRY = 32 + 32 + 16 + 1

/** Encodes the bytes that a roster is hashed over; members may come in any order. */
export function encodeFields(fields: RosterFields, members: readonly RosterMember[]): Uint8Array {
  const sorted = [...members].sort((a, b) => (a.meterId < b.meterId ? -1 : 1))
  return concatBytes(
    PREFIX,
    checkLength(fields.networkId, 32, 'networkId'),
    u64(fields.epoch),
    u32(fields.season),
    checkLength(fields.previousRosterHash, 32, 'previousRosterHash'),
    u64(fields.firstSlot),
    u32(fields.slotSeconds),
    u16(fields.lanes.length),
    ...fields.lanes.flatMap(lane => [u8(utf8(lane).byteLength), utf8(lane)]),
    u16(fields.degree),
    u16(fields.minMembers),
    u8(fields.recovery),
    checkLength(fields.ringSeed, 32, 'ringSeed'),
    fromHex(fields.registrarKey),
    fromHex(fields.aggregatorKey),
    u32(sorted.length),
    ...sorted.flatMap(member => [
      fromHex(member.meterId),
      checkLength(member.blindingKey, 32, 'blindingKey'),
      checkLength(member.placement, 16, 'placement'),
      u8(member.absent ? 1 : 0)
    ])
  )
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
    throw new InvalidArgumentError('roster', 'its prefix of version 1', 'other bytes')
  const networkId = take(32, 'networkId')
  const epochNumber = epoch(long('epoch'))
  const season = number(4, 'season')
  const previousRosterHash = take(32, 'previousRosterHash')
  const firstSlot = slot(long('firstSlot'))
  const slotSeconds = checkSlotSeconds(number(4, 'slotSeconds'))
  const laneCount = number(2, 'laneCount')
  if (laneCount < 1 || laneCount > MAX_LANES) throw new InvalidArgumentError('roster lanes', `1 to ${MAX_LANES}`, String(laneCount))
  const lanes: ObisCode[] = []
  for (let i = 0; i < laneCount; i++) lanes.push(obisCode(Buffer.from(take(number(1, 'lane length'), 'lane')).toString('utf8')))
  if (new Set(lanes).size !== lanes.length) throw new InvalidArgumentError('roster lanes', 'each lane once', 'one twice')
  const degree = number(2, 'degree')
  const minMembers = number(2, 'minMembers')
  const code = number(1, 'recovery')
  const mode = RECOVERY_MODES[code]
  if (!mode) throw new InvalidArgumentError('roster recovery', oneOf(Object.values(RECOVERY)), String(code))
  const ringSeed = take(32, 'ringSeed')
  const registrarKey = meterId(take(32, 'registrarKey'))
  const aggregatorKey = meterId(take(32, 'aggregatorKey'))
  const n = number(4, 'n')
  if (n < 2 || n > MAX_MEMBERS) throw new InvalidArgumentError('roster members', `2 to ${MAX_MEMBERS}`, String(n))
  checkDegree(degree, n, mode)
  const entries = take(n * ENTRY, 'members')
  if (at !== bytes.byteLength) throw new InvalidArgumentError('roster', `${at} bytes`, String(bytes.byteLength))
  const fields: RosterFields = {
    networkId,
    epoch: epochNumber,
    season,
    previousRosterHash,
    firstSlot,
    slotSeconds,
    lanes,
    degree,
    minMembers,
    recovery: RECOVERY[mode],
    ringSeed,
    registrarKey,
    aggregatorKey
  }
  return { fields, entries }
}
