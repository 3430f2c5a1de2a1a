import { MAX_LANES, MAX_MEMBERS } from '@hushgrid/messages'
import {
  checkLength,
  checkSlotSeconds,
  compareBytes,
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
  sha256,
  slot,
  toHex,
  u8,
  u16,
  u32,
  u64,
  utf8
} from '@hushgrid/primitives'
import {
  checkDegree,
  hasPrivateMasks,
  maskNeighbourCount,
  neighbourPositions,
  oneOf,
  RECOVERY_MODES,
  type RecoveryMode,
  ROSTER_ENTRY,
  ringOrderPacked
} from '@hushgrid/topology'

/** How a network gets its total when members are missing (PROTOCOL.md section 7), as the roster writes it. */
export const RECOVERY = Object.fromEntries(RECOVERY_MODES.map((mode, code) => [mode, code])) as Readonly<Record<RecoveryMode, Recovery>>
/** A mode's byte in the roster: its place in the list of modes, the one that asks for more trust first. */
export type Recovery = number

/** One entry of a roster. */
export interface RosterMember {
  readonly meterId: MeterId
  /** X25519 public key, 32 bytes. */
  readonly blindingKey: Uint8Array
  /** 16 random bytes that the registrar drew on admission. */
  readonly placement: Uint8Array
  /** Known to be away: keeps its place, nobody masks towards it, it submits nothing. */
  readonly absent: boolean
}

/** What a roster says (PROTOCOL.md section 4), in the order in which it is hashed. */
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
const SIGNATURE_PREFIX = utf8('hushgrid/v1/roster-signature')
const ENTRY = 32 + 32 + 16 + 1

/** What the registrar signs to make a roster valid. */
export function rosterSignedBytes(rosterHash: Uint8Array): Uint8Array {
  return concatBytes(SIGNATURE_PREFIX, rosterHash)
}

/**
 * One epoch's roster. Members are kept packed, 81 bytes each as they are hashed, because every meter of a simulated
 * town holds a copy; they are addressed by their position in ascending order of meterId.
 */
export class Roster implements RosterFields {
  readonly networkId: Uint8Array
  readonly epoch: Epoch
  readonly season: number
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
  /** Number of members, absent ones included. */
  readonly n: number
  /** Number of members not marked absent. */
  readonly presentCount: number
  /** `rosterHash` of PROTOCOL.md section 4. */
  readonly hash: Uint8Array
  readonly #bytes: Uint8Array
  readonly #entries: Uint8Array
  #ring: Uint16Array | undefined

  private constructor(fields: RosterFields, bytes: Uint8Array, entries: Uint8Array) {
    this.networkId = fields.networkId
    this.epoch = fields.epoch
    this.season = fields.season
    this.previousRosterHash = fields.previousRosterHash
    this.firstSlot = fields.firstSlot
    this.slotSeconds = fields.slotSeconds
    this.lanes = fields.lanes
    this.degree = fields.degree
    this.minMembers = fields.minMembers
    this.recovery = fields.recovery
    this.ringSeed = fields.ringSeed
    this.registrarKey = fields.registrarKey
    this.aggregatorKey = fields.aggregatorKey
    this.#bytes = bytes
    this.#entries = entries
    this.n = entries.byteLength / ENTRY
    this.hash = sha256(bytes)
    let present = 0
    for (let i = 0; i < this.n; i++) if (!this.isAbsent(i)) present++
    this.presentCount = present
  }

  /**
   * Makes a roster; members may come in any order.
   *
   * @throws InvalidArgumentError on a field out of its range, a member named twice or a role's key among the members
   */
  static create(fields: RosterFields, members: readonly RosterMember[]): Roster {
    const sorted = [...members].sort((a, b) => (a.meterId < b.meterId ? -1 : 1))
    return Roster.decode(
      concatBytes(
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
    )
  }

  /**
   * Reads the bytes that a roster is hashed over. Form only: signatures, credentials and the chain are
   * {@link checkRoster}'s matter.
   *
   * @throws InvalidArgumentError naming the first field that is not what it must be
   */
  static decode(encoded: Uint8Array): Roster {
    const bytes = Uint8Array.from(encoded)
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
    const recovery = number(1, 'recovery')
    const mode = RECOVERY_MODES[recovery]
    if (!mode) throw new InvalidArgumentError('roster recovery', oneOf(Object.values(RECOVERY)), String(recovery))
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
      recovery,
      ringSeed,
      registrarKey,
      aggregatorKey
    }
    const roster = new Roster(fields, bytes, entries)
    roster.#checkMembers()
    return roster
  }

  #checkMembers(): void {
    const roles = [fromHex(this.registrarKey), fromHex(this.aggregatorKey)]
    const blinding = new Set<string>()
    for (let i = 0; i < this.n; i++) {
      if (i > 0 && compareBytes(this.#id(i - 1), this.#id(i)) >= 0) {
        throw new InvalidArgumentError('roster members', 'ascending meter ids, each once', 'another order')
      }
      if ((this.#entries[i * ENTRY + 80] as number) > 1) throw new InvalidArgumentError('roster member absent', '0 or 1', 'another byte')
      if (roles.some(role => equalBytes(role, this.#id(i)))) {
        throw new InvalidArgumentError('roster members', 'meters only', "the registrar's or aggregator's key")
      }
      blinding.add(toHex(this.blindingKey(i)))
    }
    if (blinding.size !== this.n) throw new InvalidArgumentError('roster blinding keys', 'each once', 'one twice')
  }

  /** The bytes that are hashed, as they travel. */
  encode(): Uint8Array {
    return this.#bytes
  }

  #id(index: number): Uint8Array {
    return this.#entries.subarray(index * ENTRY, index * ENTRY + 32)
  }

  #checkIndex(index: number): void {
    if (!(index >= 0 && index < this.n)) throw new InvalidArgumentError('member index', `0 to ${this.n - 1}`, String(index))
  }

  meterId(index: number): MeterId {
    this.#checkIndex(index)
    return meterId(this.#id(index))
  }

  blindingKey(index: number): Uint8Array {
    this.#checkIndex(index)
    return this.#entries.subarray(index * ENTRY + 32, index * ENTRY + 64)
  }

  isAbsent(index: number): boolean {
    this.#checkIndex(index)
    return this.#entries[index * ENTRY + 80] === 1
  }

  member(index: number): RosterMember {
    return {
      meterId: this.meterId(index),
      blindingKey: this.blindingKey(index),
      placement: this.#entries.subarray(index * ENTRY + 64, index * ENTRY + 80),
      absent: this.isAbsent(index)
    }
  }

  members(): RosterMember[] {
    return Array.from({ length: this.n }, (_, i) => this.member(i))
  }

  /** Position of a member, or undefined where it is none. */
  indexOf(id: MeterId): number | undefined {
    const wanted = Buffer.from(id, 'hex')
    let low = 0
    let high = this.n - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const order = compareBytes(this.#id(middle), wanted)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }

  /** Member positions in ring order (PROTOCOL.md section 5). Computed at first use. */
  get ring(): Uint16Array {
    if (!this.#ring) {
      this.#ring = Uint16Array.from(ringOrderPacked(this.ringSeed, this.#entries, ROSTER_ENTRY))
    }
    return this.#ring
  }

  /** d of PROTOCOL.md section 5: how many mask neighbours each member has. */
  get neighbourCount(): number {
    return maskNeighbourCount(this.n, this.degree)
  }

  /** The mode of recovery by its name. */
  get mode(): RecoveryMode {
    return RECOVERY_MODES[this.recovery] as RecoveryMode
  }

  /** Whether a submission has a private mask and publishes what opens it. */
  get hasPrivateMasks(): boolean {
    return hasPrivateMasks(this.mode)
  }

  /** Positions of a member's mask neighbours, ascending, absent ones included. */
  neighbours(index: number): number[] {
    this.#checkIndex(index)
    const position = this.ring.indexOf(index)
    return neighbourPositions(position, this.n, this.degree)
      .map(p => this.ring[p] as number)
      .sort((a, b) => a - b)
  }
}
