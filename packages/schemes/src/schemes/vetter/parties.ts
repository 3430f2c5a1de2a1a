// The two parties in the middle of the scheme vetter: the key authority, which says what may be summed, and the store, which sums.
import { randomUnit } from '@hushgrid/paillier'
import type { MeterId, Rng, Slot } from '@hushgrid/primitives'
import type { Work } from '../../scheme.ts'
import { addSums, type Dealt, keysOf, type Sums, TAG_MODULUS } from './sums.ts'

/** What the key authority allows. */
export interface Policy {
  /** Fewest members of a total. */
  readonly minMembers: number
  /** Slots of a bill; without it there are no bills. */
  readonly billSlots?: number | undefined
}

const KEY_BYTES = 32

/**
 * Knows all keys and no message. Gives the keys of one total a slot, over members that are enough, and of bills of one meter
 * over periods that do not overlap: two sums that differ in one reading would show it.
 */
export class KeyAuthority {
  readonly #policy: Policy
  readonly #dealt = new Map<MeterId, Dealt>()
  /** Last slot of which it gave the keys of a total. */
  #lastTotal = -1
  /** Last slot of each meter's last bill. */
  readonly #lastBilled = new Map<MeterId, number>()
  #factor: bigint | undefined

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** Forgets all keys and makes a new factor of tags. */
  begin(rng: Rng): bigint {
    this.#dealt.clear()
    this.#factor = randomUnit(rng, TAG_MODULUS)
    return this.#factor
  }

  /** Makes a newcomer's keys; undefined before the setup. */
  deal(id: MeterId, rng: Rng): Dealt | undefined {
    if (this.#factor === undefined) return undefined
    const dealt: Dealt = { encryption: rng.bytes(KEY_BYTES), mac: rng.bytes(KEY_BYTES), factor: this.#factor }
    this.#dealt.set(id, dealt)
    return dealt
  }

  /** Forgets a leaver's keys. */
  forget(id: MeterId): void {
    this.#dealt.delete(id)
  }

  /** Gives the sum of the members' keys of a slot; undefined where the policy does not allow it. */
  keysOfTotal(ids: readonly MeterId[], slot: Slot, lanes: number, work: Work): Sums | undefined {
    if (new Set(ids).size < this.#policy.minMembers || slot <= this.#lastTotal || !ids.every(id => this.#dealt.has(id))) return undefined
    this.#lastTotal = slot
    return this.sumOfKeys(ids, [slot], lanes, work)
  }

  /** Gives the sum of a meter's keys over the period from a slot on; undefined where the policy does not allow it. */
  keysOfBill(id: MeterId, first: Slot, lanes: number, work: Work): Sums | undefined {
    const { billSlots } = this.#policy
    if (billSlots === undefined || !this.#dealt.has(id) || first <= (this.#lastBilled.get(id) ?? -1)) return undefined
    this.#lastBilled.set(id, first + billSlots - 1)
    return this.sumOfKeys([id], period(first, billSlots), lanes, work)
  }

  /** Sums keys that are asked for, whatever the policy. */
  sumOfKeys(ids: readonly MeterId[], slots: readonly Slot[], lanes: number, work: Work): Sums {
    const dealt = ids.map(id => this.#dealt.get(id)).filter(each => each !== undefined)
    return addSums(
      dealt.flatMap(each => slots.map(slot => keysOf(each, slot, lanes, work))),
      lanes
    )
  }
}

function period(first: Slot, slots: number): Slot[] {
  return Array.from({ length: slots }, (_, i) => (first + i) as Slot)
}

/** Keeps what meters sent, for one slot or for as many as a bill has, and adds it up. */
export class Store {
  readonly #kept: number
  readonly #slots = new Map<Slot, ReadonlyMap<MeterId, Sums>>()

  constructor(billSlots = 1) {
    this.#kept = billSlots
  }

  /** Keeps a slot's messages, and lets go of those that no bill needs. */
  keep(slot: Slot, messages: ReadonlyMap<MeterId, Sums>): void {
    this.#slots.set(slot, messages)
    for (const old of this.#slots.keys()) if (old <= slot - this.#kept) this.#slots.delete(old)
  }

  /** Adds up what came for a slot, and names whose it is. */
  total(slot: Slot, lanes: number): { readonly ids: readonly MeterId[]; readonly sums: Sums } {
    const messages = this.#slots.get(slot) ?? new Map<MeterId, Sums>()
    return { ids: [...messages.keys()], sums: addSums(messages.values(), lanes) }
  }

  /** Adds up a meter's messages of the period from a slot on; undefined where one is missing. */
  bill(id: MeterId, first: Slot, lanes: number): Sums | undefined {
    const messages = period(first, this.#kept).map(slot => this.#slots.get(slot)?.get(id))
    return messages.every(each => each !== undefined) ? addSums(messages, lanes) : undefined
  }
}
