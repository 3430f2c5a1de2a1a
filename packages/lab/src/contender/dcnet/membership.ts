import type { HeldRoster } from '@hushgrid/dcnet'
import type { Membership } from '../../neighbourhood/neighbourhood.ts'

/** Gives the membership from a roster's first slot on. */
export function membershipOf({ roster }: HeldRoster): Membership {
  const { epoch, firstSlot, n, degree } = roster
  const present = roster.members().flatMap(member => (member.absent ? [] : [member.meterId]))
  return { epoch, firstSlot, n, degree, present }
}
