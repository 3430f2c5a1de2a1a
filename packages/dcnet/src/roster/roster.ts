// A roster of one epoch: its fields, members and mask neighbours.
import {
  compareBytes,
  concatBytes,
  type Epoch,
  equalBytes,
  fromHex,
  InvalidArgumentError,
  type LaneTerms,
  type MeterId,
  meterId,
  type Slot,
  sha256,
  toHex,
  utf8
} from '@hushgrid/primitives'
import {
  hasPrivateMasks,
  maskNeighbourCount,
  neighbourPositions,
  RECOVERY_MODES,
  type RecoveryMode,
  ringOrderPacked
} from '@hushgrid/topology'
import {
  type Cut,
  decodeFields,
  ENTRY_HEAD,
  encodeFields,
  hasLane,
  laneMaskBytes,
  type Recovery,
  type RosterFields,
  type RosterMember
} from './fields.ts'

const SIGNATURE_PREFIX = utf8('hushgrid/v2/roster-signature')

/** Gives the bytes that the registrar signs to make a roster valid. */
export function rosterSignedBytes(rosterHash: Uint8Array): Uint8Array {
  return concatBytes(SIGNATURE_PREFIX, rosterHash)
}

/**
 * One epoch's roster. Keeps members packed as they are hashed, 81 bytes and a lane mask each, because every meter of a
 * simulated town holds a copy. Positions are in ascending order of meterId.
 */
export class Roster implements RosterFields {
  readonly networkId: Uint8Array
  readonly epoch: Epoch
  readonly season: number
  readonly seasonFirstSlot: Slot
  readonly seasonEndSlot: Slot
  readonly previousRosterHash: Uint8Array
  readonly firstSlot: Slot
  readonly slotSeconds: number
  readonly lanes: readonly LaneTerms[]
  readonly degree: number
  readonly minMembers: number
  readonly recovery: Recovery
  readonly committed: boolean
  readonly ringSeed: Uint8Array
  readonly registrarKey: MeterId
  readonly aggregatorKey: MeterId
  readonly cuts: readonly Cut[]
  /** Number of members, absent ones included. */
  readonly n: number
  /** Number of members not marked absent. */
  readonly presentCount: number
  /** `rosterHash` of PROTOCOL.md section 4. */
  readonly hash: Uint8Array
  readonly #bytes: Uint8Array
  readonly #entries: Uint8Array
  /** Bytes of a member's entry. */
  readonly #stride: number
  /** Positions that each position is cut from. */
  readonly #cutFrom = new Map<number, Set<number>>()
  #ring: Uint16Array | undefined

  private constructor(fields: RosterFields, bytes: Uint8Array, entries: Uint8Array) {
    this.networkId = fields.networkId
    this.epoch = fields.epoch
    this.season = fields.season
    this.seasonFirstSlot = fields.seasonFirstSlot
    this.seasonEndSlot = fields.seasonEndSlot
    this.previousRosterHash = fields.previousRosterHash
    this.firstSlot = fields.firstSlot
    this.slotSeconds = fields.slotSeconds
    this.lanes = fields.lanes
    this.degree = fields.degree
    this.minMembers = fields.minMembers
    this.recovery = fields.recovery
    this.committed = fields.committed
    this.ringSeed = fields.ringSeed
    this.registrarKey = fields.registrarKey
    this.aggregatorKey = fields.aggregatorKey
    this.cuts = fields.cuts
    this.#bytes = bytes
    this.#entries = entries
    this.#stride = ENTRY_HEAD + laneMaskBytes(fields.lanes.length)
    this.n = entries.byteLength / this.#stride
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
    return Roster.decode(encodeFields(fields, members))
  }

  /**
   * Reads the bytes that a roster is hashed over. Form only: signatures, credentials and the chain are
   * {@link checkRoster}'s matter.
   *
   * @throws InvalidArgumentError naming the first field that is not what it must be
   */
  static decode(encoded: Uint8Array): Roster {
    const bytes = Uint8Array.from(encoded)
    const { fields, entries } = decodeFields(bytes)
    const roster = new Roster(fields, bytes, entries)
    roster.#checkMembers()
    roster.#takeCuts()
    return roster
  }

  #checkMembers(): void {
    const roles = [fromHex(this.registrarKey), fromHex(this.aggregatorKey)]
    const blinding = new Set<string>()
    for (let i = 0; i < this.n; i++) {
      if (i > 0 && compareBytes(this.#id(i - 1), this.#id(i)) >= 0) {
        throw new InvalidArgumentError('roster members', 'ascending meter ids, each once', 'another order')
      }
      if ((this.#entries[i * this.#stride + 80] as number) > 1)
        throw new InvalidArgumentError('roster member absent', '0 or 1', 'another byte')
      if (roles.some(role => equalBytes(role, this.#id(i)))) {
        throw new InvalidArgumentError('roster members', 'meters only', "the registrar's or aggregator's key")
      }
      if (this.#laneMask(i).some((byte, at) => byte >> Math.min(8, this.lanes.length - 8 * at) !== 0))
        throw new InvalidArgumentError('roster member laneMask', `bits of ${this.lanes.length} lanes`, 'further ones')
      blinding.add(toHex(this.blindingKey(i)))
    }
    if (blinding.size !== this.n) throw new InvalidArgumentError('roster blinding keys', 'each once', 'one twice')
  }

  #takeCuts(): void {
    for (const pair of this.cuts) {
      const [a, b] = pair.map(id => this.indexOf(id))
      if (a === undefined || b === undefined) throw new InvalidArgumentError('roster cuts', 'members', 'somebody else')
      for (const [from, to] of [
        [a, b],
        [b, a]
      ] as const)
        this.#cutFrom.set(from, (this.#cutFrom.get(from) ?? new Set()).add(to))
    }
  }

  /** Encodes the bytes that are hashed, as they travel. */
  encode(): Uint8Array {
    return this.#bytes
  }

  #id(index: number): Uint8Array {
    return this.#entries.subarray(index * this.#stride, index * this.#stride + 32)
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
    return this.#entries.subarray(index * this.#stride + 32, index * this.#stride + 64)
  }

  isAbsent(index: number): boolean {
    this.#checkIndex(index)
    return this.#entries[index * this.#stride + 80] === 1
  }

  #laneMask(index: number): Uint8Array {
    return this.#entries.subarray(index * this.#stride + ENTRY_HEAD, (index + 1) * this.#stride)
  }

  /** Tells whether a member can fill a lane, both by position. */
  canFill(index: number, lane: number): boolean {
    this.#checkIndex(index)
    return hasLane(this.#laneMask(index), lane)
  }

  /** Tells whether two members are cut: neither masks towards the other, and each counts as absent for it. */
  isCut(a: number, b: number): boolean {
    return this.#cutFrom.get(a)?.has(b) === true
  }

  member(index: number): RosterMember {
    return {
      meterId: this.meterId(index),
      blindingKey: this.blindingKey(index),
      placement: this.#entries.subarray(index * this.#stride + 64, index * this.#stride + 80),
      absent: this.isAbsent(index),
      laneMask: this.#laneMask(index)
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
      this.#ring = Uint16Array.from(ringOrderPacked(this.ringSeed, this.#entries, { stride: this.#stride, meterId: 0, placement: 64 }))
    }
    return this.#ring
  }

  /** Number of mask neighbours of each member: d of PROTOCOL.md section 5. */
  get neighbourCount(): number {
    return maskNeighbourCount(this.n, this.degree)
  }

  /** The mode of recovery by its name. */
  get mode(): RecoveryMode {
    return RECOVERY_MODES[this.recovery]
  }

  /** Tells whether a submission has a private mask and publishes what opens it. */
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
