// Checks that the schema of a scenario cannot make: of moments, numbers of meters, and keys of one operation together.

import type { Path } from '@hushgrid/primitives'
import { type NetworkFields, misfits as networkMisfits } from '@hushgrid/topology'
import type { Misfit } from '../misfit/misfit.ts'
import type { Operation, OperationSchema } from '../operations/parts/operation.ts'
import { OPERATIONS, type ScenarioOperation } from '../operations/registry.ts'
import type { Step } from '../planner/planner.ts'
import { APART_KEYS } from './expectations.ts'
import type { ScenarioFields } from './schema.ts'

/** Finds every place where the parts of a scenario do not fit each other. */
export function crossChecks(fields: ScenarioFields): Misfit[] {
  const most = fields.members + (fields.trace === undefined ? mostNewcomers(fields.operations) : Number.POSITIVE_INFINITY)
  return [
    ...fields.operations.flatMap((operation, index) => operationMisfits(operation, ['operations', index], fields, most)),
    ...(['expect', ...APART_KEYS] as const).flatMap(at => expectationMisfits(at, fields, most)),
    ...networkChecks(fields)
  ]
}

/** Counts the most newcomers that operations bring; unbounded where they come at random. */
export function mostNewcomers(operations: readonly ScenarioOperation[]): number {
  return operations.reduce((sum, each) => sum + (kindOf(each).newcomers?.(each) ?? 0), 0)
}

function kindOf({ do: name }: ScenarioOperation): Operation<OperationSchema, Step> {
  return OPERATIONS.get(name) as Operation<OperationSchema, Step>
}

function operationMisfits(operation: ScenarioOperation, path: Path, fields: ScenarioFields, most: number): Misfit[] {
  const { prepared, check } = kindOf(operation)
  const [bound, who] = prepared ? [fields.members, 'a meter of the first roster'] : [most, 'a meter that ever exists']
  const misfits = numberMisfits(operation, path, bound, `${who}, 0 to ${bound - 1}`)
  if (operation.at >= fields.slots)
    misfits.push({ path: [...path, 'at'], expected: `a moment before the last slot ends, below ${fields.slots}` })
  return [...misfits, ...(check?.(operation, path) ?? [])]
}

function numberMisfits(operation: ScenarioOperation, path: Path, bound: number, expected: string): Misfit[] {
  const misfits: Misfit[] = []
  if ('meter' in operation && operation.meter !== undefined && operation.meter >= bound)
    misfits.push({ path: [...path, 'meter'], expected })
  if ('meters' in operation && operation.meters) {
    operation.meters.forEach((meter, index) => {
      if (meter >= bound) misfits.push({ path: [...path, 'meters', index], expected })
      else if (operation.meters?.indexOf(meter) !== index) misfits.push({ path: [...path, 'meters', index], expected: 'each meter once' })
    })
  }
  return misfits
}

function expectationMisfits(at: 'expect' | (typeof APART_KEYS)[number], fields: ScenarioFields, most: number): Misfit[] {
  const expectations = fields[at] ?? {}
  const misfits: Misfit[] = []
  for (const key of ['lost', 'exact', 'recovered'] as const) {
    const value = expectations[key]
    if (!Array.isArray(value)) continue
    value.forEach((slot, index) => {
      if (slot >= fields.slots) misfits.push({ path: [at, key, index], expected: `a slot of the run, 0 to ${fields.slots - 1}` })
    })
  }
  expectations.faults?.forEach(({ who }, index) => {
    if (typeof who === 'number' && who >= most) {
      misfits.push({ path: [at, 'faults', index, 'who'], expected: `a meter that ever exists, 0 to ${most - 1}` })
    }
  })
  return misfits
}

/** Checks the keys of a scenario's network against each other. */
function networkChecks({ network, members }: ScenarioFields): Misfit[] {
  if (network === undefined || typeof network === 'string') return []
  const given = network as Partial<NetworkFields>
  // Keys that the scenario leaves out are its network file's, which fit each other.
  const silent = { minMembers: 0, dropout: 0, degree: 'auto', recovery: 'edge-release', slotSeconds: 1, changeSlots: 1, lanes: [] } as const
  const written = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const found = networkMisfits({ ...silent, ...written, members } as unknown as NetworkFields)
  return found.map(({ path, expected }) => ({ path: ['network', ...path], expected }))
}
