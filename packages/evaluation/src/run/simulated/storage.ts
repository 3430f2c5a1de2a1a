// Storage of a party after a day and after thirty, extrapolated from what it appended to its journal in some slots.
import type { RoleName } from '@hushgrid/schemes'
import type { EvaluatedStorage } from '../../record/run.ts'
import type { Totals } from './books.ts'
import type { StorageBound } from './contender.ts'
import type { Kept } from './cpu-account.ts'

const DAY_SECONDS = 86_400
const MONTH_DAYS = 30

/** What a role's parties kept up to two moments, so many slots apart. */
export interface KeptOver {
  /** At the end of setup. */
  readonly formed: Totals
  readonly from: Totals
  readonly to: Totals
  readonly slots: number
  readonly slotSeconds: number
  readonly parties: Readonly<Partial<Record<RoleName, number>>>
}

/** Gives the contents of a party's records, without the frames of a file or a database; of roles that keep some. */
export function storageOf(
  over: KeptOver,
  bounds: Readonly<Partial<Record<RoleName, StorageBound>>>
): Readonly<Partial<Record<RoleName, EvaluatedStorage>>> {
  const roles = [...over.to.roles].filter(([, { kept }]) => kept.records > 0)
  return Object.fromEntries(roles.map(([role]) => [role, storageOfRole(role, over, bounds[role] ?? {})]))
}

function storageOfRole(role: RoleName, { formed, from, to, slots, slotSeconds, parties }: KeptOver, bound: StorageBound): EvaluatedStorage {
  const count = parties[role] ?? 1
  const kept = (totals: Totals): Kept => totals.roles.get(role)?.kept ?? { records: 0, bytes: 0 }
  const perSlot = (field: keyof Kept): number => (kept(to)[field] - kept(from)[field]) / slots / count
  const [bytes, records] = [perSlot('bytes'), perSlot('records')]
  const after = (days: number): number => {
    const wanted = (days * DAY_SECONDS) / slotSeconds
    const most = Math.min(wanted, bound.slots ?? wanted, records > 0 ? (bound.records ?? Number.POSITIVE_INFINITY) / records : wanted)
    return Math.round(Math.min(kept(formed).bytes / count + most * bytes, bound.bytes ?? Number.POSITIVE_INFINITY))
  }
  return { dayBytes: after(1), monthBytes: after(MONTH_DAYS) }
}
