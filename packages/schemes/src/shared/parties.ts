// Parties of a group, and whom a round waits for.
import type { MeterId } from '@hushgrid/primitives'
import type { Group, Turn } from '../scheme.ts'

/** Gives the aggregator, which every scheme has. */
export function aggregatorOf({ parties }: Group): MeterId {
  return parties.aggregator as MeterId
}

/** Waits for every member. */
export function members(_: unknown, { group }: Turn): readonly MeterId[] {
  return group.members
}

/** Waits for every member but oneself. */
export function others(_: unknown, { group, self }: Turn): MeterId[] {
  return group.members.filter(id => id !== self)
}

/** Waits for the aggregator. */
export function fromAggregator(_: unknown, { group }: Turn): MeterId[] {
  return [aggregatorOf(group)]
}

/** Waits for the dealer, in schemes that have one. */
export function fromDealer(_: unknown, { group }: Turn): MeterId[] {
  return [group.parties.dealer as MeterId]
}
