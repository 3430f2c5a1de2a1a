// A plan, its contender and a row of the report as the page shows them.
import { withheldInWords } from '@hushgrid/primitives'
import { laneCodes } from '@hushgrid/topology'
import type { LabContender, LabCounters, LabOpenSlot, LabSlot } from '@hushgrid/web-api'
import type { ShownContender } from '../contender/contender.ts'
import { contendersOn } from '../contender/contenders.ts'
import type { SlotRow } from '../neighbourhood/events.ts'
import { ROLE_TITLES } from '../roles/role.ts'
import type { LabRun } from '../run/page.ts'
import { whyNeverSwitch } from '../run/switch.ts'
import type { RunState } from './feed.ts'
import { reasonInWords } from './slot-line.ts'

export const NO_COUNTERS: LabCounters = { slots: 0, exact: 0, recovered: 0, lost: 0, bytes: 0, cpuMs: 0, keyAgreements: 0 }

/** Gives the state of a plan before anything of it runs. */
export function stateOf({ plan }: Pick<LabRun, 'plan'>): RunState {
  const { contender, bits, network, slotMs } = plan
  const notSwitched = whyNeverSwitch(plan)
  return {
    network: network.name,
    contender: contenderOf(contender),
    contenders: contendersOn(network.recovery).map(({ facts, shown }) => ({ name: facts.name, label: shown.label })),
    ...(notSwitched !== undefined && { notSwitched }),
    ...(bits !== undefined && { bits }),
    ...(contender.facts.masks && { recovery: network.recovery }),
    phase: 'forming',
    slotSeconds: network.slotSeconds,
    slotMs,
    lanes: laneCodes(network),
    epoch: 0,
    degree: 0,
    meters: [],
    edges: [],
    spare: [],
    aggregatorUp: true,
    counters: NO_COUNTERS
  }
}

function contenderOf({ facts, shown }: ShownContender): LabContender {
  const { label, collector, forms, sight, path, notAskedTwice } = shown
  return {
    name: facts.name,
    label,
    masks: facts.masks,
    collector,
    forms,
    sight: sight.map(each => ({ ...each, name: ROLE_TITLES[each.role] })),
    path,
    ...(notAskedTwice !== undefined && { notAskedTwice })
  }
}

/**
 * Gives a row of the report as the page has it.
 *
 * @param open - the slot as it was collected: who was named as missing then is missing still, where the slot is lost for
 * another reason and the result names nobody
 */
export function slotOf(row: SlotRow, open: Pick<LabOpenSlot, 'missing' | 'refused'> | undefined): LabSlot {
  const named = row.lost && row.missingMeters.length === 0 ? (open?.missing ?? []) : row.missingMeters
  const { slot, start, epoch, members, submitted, recovered, releases, lost, reason, busy } = row
  const { exact, total, expected, sinceEndMs, cpuMs, bytes } = row
  return {
    slot,
    start,
    epoch,
    members,
    submitted,
    missing: named.toSorted((a, b) => a - b),
    recovered,
    releases,
    refused: [...(open?.refused ?? [])],
    lost,
    ...(reason !== undefined && { reason: reasonInWords(reason) }),
    ...(busy && { busy }),
    exact,
    total,
    withheld: withheldInWords(row.withheld),
    expected,
    sinceEndMs,
    cpuMs,
    bytes
  }
}
