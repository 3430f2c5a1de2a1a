// Membership without rosters: members come and go one by one.
import type { Epoch, MeterId, Slot } from '@hushgrid/primitives'
import type { Membership } from './neighbourhood.ts'

/** The epoch of results where there are no rosters. */
export const NO_EPOCH = 0 as Epoch

/** Makes a membership of each change. */
export class MemberRoll {
  readonly #memberships: Membership[]
  readonly #present = new Set<MeterId>()
  #formed = false

  /** @param memberships - takes each as it comes into force */
  constructor(memberships: Membership[]) {
    this.#memberships = memberships
  }

  /** Makes one membership of all changes so far, once the neighbourhood has formed. */
  formed(firstSlot: Slot): void {
    this.#formed = true
    this.#add(firstSlot)
  }

  /**
   * Takes a change.
   *
   * @returns the membership that it makes, once the neighbourhood has formed
   */
  change(id: MeterId, what: 'joined' | 'left', slot: Slot): Membership | undefined {
    if (what === 'joined') this.#present.add(id)
    else this.#present.delete(id)
    return this.#formed ? this.#add(slot) : undefined
  }

  #add(firstSlot: Slot): Membership {
    const membership = { epoch: this.#memberships.length, firstSlot, n: this.#present.size, degree: 0, present: [...this.#present] }
    this.#memberships.push(membership)
    return membership
  }
}
