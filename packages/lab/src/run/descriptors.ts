// File descriptors that a neighbourhood needs, against the number that a process may have: a run that uses them up ends in
// the middle, with connections that nobody understands.
import { HushgridError } from '@hushgrid/primitives'
import type { Contender } from '../contender/contender.ts'
import { householdShares } from '../contender/dcnet/household-shares.ts'
import type { LabPlan } from './plan.ts'

/** Descriptors of a process beside those of its meters: its event loop and threads, the report, roles, a page's readers. */
const BESIDE_METERS = 56
/** Descriptors of a meter's home side in a lab: its journal, and both ends of its connection to the supplier. */
const HOME = 3
/** Descriptors of a second connection that a meter may have for a moment, where roles have processes of their own. */
const SECOND_DIAL = 1

/** Gives the most descriptors that a process of the lab needs; 0 where its contender does not say. */
export function descriptorsOf({
  contender,
  members,
  processes,
  supplier
}: Pick<LabPlan, 'contender' | 'members' | 'processes' | 'supplier'>): number {
  const { descriptors } = contender.facts
  if (!descriptors) return 0
  const [own = [], ...others] = householdShares(members, processes)
  const perMeter = descriptors.meters + (supplier ? HOME : 0)
  const most = Math.max(own.length * perMeter + members * descriptors.roles, ...others.map(each => each.length * perMeter))
  return most + BESIDE_METERS
}

/** Gives the most descriptors that a process needs where each role has one of its own, and all meters share one. */
export function descriptorsApart({ facts: { descriptors } }: Contender, meters: number): number {
  return descriptors ? meters * (Math.max(descriptors.meters, descriptors.roles) + SECOND_DIAL) + BESIDE_METERS : 0
}

/**
 * Checks that a process may have as many descriptors as the largest of a neighbourhood needs.
 *
 * @throws HushgridError that says how to allow them
 */
export function checkDescriptors(members: number, needed: number, limit = descriptorLimit()): void {
  if (limit !== undefined && limit < needed)
    throw new HushgridError(
      `--n ${members}: expected a limit of ${needed} open files, got ${limit}; allow them with "ulimit -n ${needed}", or start fewer meters`
    )
}

/** Gives the number of descriptors that this process may have; undefined where the system has no such limit. */
function descriptorLimit(): number | undefined {
  const { report } = process
  // Addresses of this machine take long to look up, and its variables are nobody's business.
  Object.assign(report, { excludeNetwork: true, excludeEnv: true })
  const { userLimits } = report.getReport() as { readonly userLimits?: { readonly open_files?: { readonly soft: unknown } } }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : undefined
}
