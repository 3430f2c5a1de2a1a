import type { LabOpenSlot, LabSlot } from '@hushgrid/web-api'

/** Most entries that are listed. */
export const REFUSALS_SHOWN = 24

/** Meters that gave the same reason in one slot. */
export interface SlotRefusals {
  readonly slot: number
  /** Start of the slot, UTC. */
  readonly start: string
  readonly reason: string
  readonly households: readonly number[]
}

/** Lists refusals and disputes of the known slots, the newest slot first, each meter once a slot and reason. */
export function refusalsOf(slots: readonly LabSlot[], open: LabOpenSlot | undefined): readonly SlotRefusals[] {
  const found = new Map<
    string,
    { readonly slot: number; readonly start: string; readonly reason: string; readonly households: Set<number> }
  >()
  for (const { slot, start, refused } of [...(open ? [open] : []), ...slots.toReversed()]) {
    for (const { household, reason } of refused) {
      const key = `${slot} ${reason}`
      const known = found.get(key)
      if (known) known.households.add(household)
      else found.set(key, { slot, start, reason, households: new Set([household]) })
    }
    if (found.size >= REFUSALS_SHOWN) break
  }
  return [...found.values()].slice(0, REFUSALS_SHOWN).map(entry => ({ ...entry, households: [...entry.households].sort((a, b) => a - b) }))
}
