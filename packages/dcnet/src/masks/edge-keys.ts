// Edge keys that neighbours agree on, and the masks that follow from them (PROTOCOL.md section 6).
import {
  addLanes,
  type BlindingKey,
  concatBytes,
  fromHex,
  HushgridError,
  hkdfSha256,
  type LaneVector,
  MaskStream,
  type MeterId,
  maskOfSlot,
  type Slot,
  subtractLanes,
  toHex,
  utf8,
  zeroLanes,
  zeroMaskSums
} from '@hushgrid/primitives'
import type { Roster } from '../roster/roster.ts'

const EDGE_INFO = utf8('hushgrid/v2/edge')
/** Slots whose masks are expanded in one call per neighbour: a day of quarter-hours. */
export const MASK_BATCH_SLOTS = 96

/** Shared secrets that a meter keeps; several times the neighbours of the largest degree that `auto` takes. */
const KEPT_SECRETS = 1024

/** `edgeKey` of PROTOCOL.md section 6, 32 bytes. */
function edgeKey(shared: Uint8Array, rosterHash: Uint8Array, a: MeterId, b: MeterId): Uint8Array {
  const [lower, higher] = a < b ? [a, b] : [b, a]
  return hkdfSha256(shared, rosterHash, concatBytes(EDGE_INFO, fromHex(lower), fromHex(higher)), 32)
}

/** The two members of an edge, in any order, and the roster that binds it. */
export interface EdgeMembers {
  readonly rosterHash: Uint8Array
  readonly members: readonly [MeterId, MeterId]
}

/** Gives the mask of an edge in one slot, as the member with the lower id adds it (PROTOCOL.md section 6). */
export function edgeMask(shared: Uint8Array, { rosterHash, members: [a, b] }: EdgeMembers, slot: Slot, lanes: number): LaneVector {
  const key = edgeKey(shared, rosterHash, a, b)
  const stream = new MaskStream(key, lanes)
  key.fill(0)
  const mask = stream.mask(slot)
  stream.erase()
  return mask
}

/**
 * X25519 shared secrets with neighbours, computed once per pair and kept: a neighbour that is away for a while costs no
 * new agreement. Bounded: beyond {@link KEPT_SECRETS} the one that was agreed on longest ago is erased.
 */
export class SharedSecrets {
  readonly #own: BlindingKey
  readonly #byKey = new Map<string, Uint8Array>()
  readonly #keep: (blindingKey: Uint8Array, shared: Uint8Array) => void
  #agreements = 0

  /**
   * @param kept - secrets of a run before, with the blinding keys they were agreed on with: a restart costs no agreement
   * @param keep - told each new secret, to be stored as safely as the blinding key that it follows from
   */
  constructor(
    own: BlindingKey,
    kept: Iterable<readonly [Uint8Array, Uint8Array]> = [],
    keep: (blindingKey: Uint8Array, shared: Uint8Array) => void = () => {}
  ) {
    this.#own = own
    this.#keep = keep
    for (const [blindingKey, shared] of kept) this.#byKey.set(toHex(blindingKey), Uint8Array.from(shared))
  }

  /** X25519 operations made so far. */
  get agreements(): number {
    return this.#agreements
  }

  /** Tells whether the secret with a blinding key is there already. */
  has(blindingKey: Uint8Array): boolean {
    return this.#byKey.has(toHex(blindingKey))
  }

  with(blindingKey: Uint8Array): Uint8Array {
    const name = toHex(blindingKey)
    let shared = this.#byKey.get(name)
    if (!shared) {
      shared = this.#own.agree(blindingKey)
      this.#agreements++
      this.#byKey.set(name, shared)
      this.#keep(blindingKey, shared)
      const [oldest] = this.#byKey.keys()
      if (this.#byKey.size > KEPT_SECRETS && oldest !== undefined) {
        this.#byKey.get(oldest)?.fill(0)
        this.#byKey.delete(oldest)
      }
    }
    return shared
  }

  /** Overwrites every secret with zeros. */
  erase(): void {
    for (const shared of this.#byKey.values()) shared.fill(0)
    this.#byKey.clear()
  }
}

/** The edge keys and masks of one meter in one epoch. */
export class EpochMasks {
  readonly #roster: Roster
  readonly #own: MeterId
  /** Edges by the neighbour's position in the roster, present and uncut ones only; the lower id decides a mask's sign. */
  readonly #edges = new Map<number, { stream: MaskStream; sign: 1 | -1 }>()
  #batchStart = -1
  #batch: LaneVector | undefined
  #erased = false

  constructor(roster: Roster, ownIndex: number, secrets: SharedSecrets) {
    this.#roster = roster
    this.#own = roster.meterId(ownIndex)
    for (const neighbour of roster.neighbours(ownIndex)) {
      if (roster.isAbsent(neighbour) || roster.isCut(ownIndex, neighbour)) continue
      const other = roster.meterId(neighbour)
      const key = edgeKey(secrets.with(roster.blindingKey(neighbour)), roster.hash, this.#own, other)
      this.#edges.set(neighbour, { stream: new MaskStream(key, roster.lanes.length), sign: this.#own < other ? 1 : -1 })
      key.fill(0)
    }
  }

  /** Gives the positions of the present neighbours from which it is not cut, ascending. */
  get present(): number[] {
    return [...this.#edges.keys()]
  }

  /** Gives the sum of the signed masks of a slot over all present, uncut neighbours (PROTOCOL.md section 6). */
  mask(slot: Slot): LaneVector {
    return maskOfSlot(this.expand(slot), slot - this.#batchStart, this.#roster.lanes.length)
  }

  /** Expands the masks of a slot and those after it, in one call per neighbour. */
  expand(slot: Slot): LaneVector {
    this.#checkUsable()
    const index = slot - this.#batchStart
    if (this.#batch && index >= 0 && index < MASK_BATCH_SLOTS) return this.#batch
    const lanes = this.#roster.lanes.length
    this.#batch?.fill(0n)
    this.#batch = zeroMaskSums(MASK_BATCH_SLOTS, lanes)
    this.#batchStart = slot
    for (const { stream, sign } of this.#edges.values()) stream.accumulate(this.#batch, slot, MASK_BATCH_SLOTS, sign)
    return this.#batch
  }

  /**
   * Gives the sum of the signed masks of a slot towards some of the neighbours, for a mask release. Positions that are no
   * present neighbour, or cut, count nothing.
   */
  maskTowards(slot: Slot, positions: Iterable<number>): LaneVector {
    this.#checkUsable()
    const lanes = this.#roster.lanes.length
    const sum = zeroLanes(lanes)
    for (const position of positions) {
      const edge = this.#edges.get(position)
      if (!edge) continue
      if (edge.sign === 1) addLanes(sum, edge.stream.mask(slot))
      else subtractLanes(sum, edge.stream.mask(slot))
    }
    return sum
  }

  /** Checks that there are keys: without them the mask would be zero and a reading would go out as it is. */
  #checkUsable(): void {
    if (this.#erased) throw new HushgridError(`masks of epoch ${this.#roster.epoch}: expected their keys, which have been erased`)
  }

  /** Overwrites the epoch's keys and expanded masks with zeros. No mask can be had from then on. */
  erase(): void {
    this.#erased = true
    for (const { stream } of this.#edges.values()) stream.erase()
    this.#edges.clear()
    this.#batch?.fill(0n)
    this.#batch = undefined
    this.#batchStart = -1
  }
}
