import {
  accumulateMasks,
  addLanes,
  type BlindingKey,
  concatBytes,
  fromHex,
  hkdfSha256,
  type LaneVector,
  type MeterId,
  maskOfSlot,
  type Slot,
  slotMask,
  subtractLanes,
  toHex,
  utf8,
  zeroLanes,
  zeroMaskSums
} from '@hushgrid/primitives'
import type { Roster } from './roster.ts'

const EDGE_INFO = utf8('hushgrid/v1/edge')
/** Slots whose masks are expanded in one call per neighbour: a day of quarter-hours. */
export const MASK_BATCH_SLOTS = 96

/** `edgeKey` of PROTOCOL.md section 6, 32 bytes. */
export function edgeKey(shared: Uint8Array, rosterHash: Uint8Array, a: MeterId, b: MeterId): Uint8Array {
  const [lower, higher] = a < b ? [a, b] : [b, a]
  return hkdfSha256(shared, rosterHash, concatBytes(EDGE_INFO, fromHex(lower), fromHex(higher)), 32)
}

/**
 * X25519 shared secrets with neighbours, computed once per pair and kept for the season. Bounded: what the last
 * rosters do not name is erased.
 */
export class SharedSecrets {
  readonly #own: BlindingKey
  readonly #byKey = new Map<string, Uint8Array>()
  #agreements = 0

  constructor(own: BlindingKey) {
    this.#own = own
  }

  /** X25519 operations made so far. */
  get agreements(): number {
    return this.#agreements
  }

  with(blindingKey: Uint8Array): Uint8Array {
    const name = toHex(blindingKey)
    let shared = this.#byKey.get(name)
    if (!shared) {
      shared = this.#own.agree(blindingKey)
      this.#agreements++
      this.#byKey.set(name, shared)
    }
    return shared
  }

  /** Erases all but the secrets with the given keys. */
  keepOnly(blindingKeys: Iterable<Uint8Array>): void {
    const keep = new Set<string>()
    for (const key of blindingKeys) keep.add(toHex(key))
    for (const [name, shared] of this.#byKey) {
      if (keep.has(name)) continue
      shared.fill(0)
      this.#byKey.delete(name)
    }
  }
}

/** The edge keys and masks of one meter in one epoch. */
export class EpochMasks {
  readonly #roster: Roster
  readonly #own: MeterId
  /** By the neighbour's position in the roster, present ones only: masks are signed by who has the lower id. */
  readonly #edges = new Map<number, { key: Uint8Array; sign: 1 | -1 }>()
  #batchStart = -1
  #batch: LaneVector | undefined

  constructor(roster: Roster, ownIndex: number, secrets: SharedSecrets) {
    this.#roster = roster
    this.#own = roster.meterId(ownIndex)
    for (const neighbour of roster.neighbours(ownIndex)) {
      if (roster.isAbsent(neighbour)) continue
      const other = roster.meterId(neighbour)
      const key = edgeKey(secrets.with(roster.blindingKey(neighbour)), roster.hash, this.#own, other)
      this.#edges.set(neighbour, { key, sign: this.#own < other ? 1 : -1 })
    }
  }

  /** Positions of the present neighbours, ascending. */
  get present(): number[] {
    return [...this.#edges.keys()]
  }

  /** Sum of the signed masks of a slot over all present neighbours (PROTOCOL.md section 6). */
  mask(slot: Slot): LaneVector {
    return maskOfSlot(this.expand(slot), slot - this.#batchStart, this.#roster.lanes.length)
  }

  /** Has the masks of a slot and those after it at hand, expanded in one call per neighbour. */
  expand(slot: Slot): LaneVector {
    const index = slot - this.#batchStart
    if (this.#batch && index >= 0 && index < MASK_BATCH_SLOTS) return this.#batch
    const lanes = this.#roster.lanes.length
    this.#batch?.fill(0)
    this.#batch = zeroMaskSums(MASK_BATCH_SLOTS, lanes)
    this.#batchStart = slot
    for (const { key, sign } of this.#edges.values()) accumulateMasks(this.#batch, key, slot, MASK_BATCH_SLOTS, lanes, sign)
    return this.#batch
  }

  /**
   * Sum of the signed masks of a slot towards some of the neighbours: what a mask release holds. Positions that are no
   * present neighbour count nothing.
   */
  maskTowards(slot: Slot, positions: Iterable<number>): LaneVector {
    const lanes = this.#roster.lanes.length
    const sum = zeroLanes(lanes)
    for (const position of positions) {
      const edge = this.#edges.get(position)
      if (!edge) continue
      if (edge.sign === 1) addLanes(sum, slotMask(edge.key, slot, lanes))
      else subtractLanes(sum, slotMask(edge.key, slot, lanes))
    }
    return sum
  }

  /** Overwrites the epoch's keys and expanded masks with zeros. */
  erase(): void {
    for (const { key } of this.#edges.values()) key.fill(0)
    this.#edges.clear()
    this.#batch?.fill(0)
    this.#batch = undefined
    this.#batchStart = -1
  }
}
