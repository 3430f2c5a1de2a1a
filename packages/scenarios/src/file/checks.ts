// What the schema of a scenario cannot say: moments, choices, numbers of meters.
import { type NetworkFields, misfits as networkMisfits } from '@hushgrid/topology'
import { alternatives, type Misfit, meant, type Path } from './misfits.ts'
import { ATTACKS, type ScenarioFields, type ScenarioOperation } from './schema.ts'

/** Every place where the parts of a scenario do not fit each other. */
export function crossChecks(fields: ScenarioFields): Misfit[] {
  const most = fields.members + newcomers(fields)
  return [
    ...fields.operations.flatMap((operation, index) => operationMisfits(operation, ['operations', index], fields, most)),
    ...expectationMisfits('expect', fields, most),
    ...expectationMisfits('expectWithDoubleMask', fields, most),
    ...networkChecks(fields)
  ]
}

function operationMisfits(operation: ScenarioOperation, path: Path, fields: ScenarioFields, most: number): Misfit[] {
  const misfits = [...choiceMisfits(operation, path), ...numberMisfits(operation, path, fields, most)]
  if (operation.at >= fields.slots)
    misfits.push({ path: [...path, 'at'], expected: `a moment before the last slot ends, below ${fields.slots}` })
  if (operation.do === 'poisson' && operation.until !== undefined && operation.until <= operation.at) {
    misfits.push({ path: [...path, 'until'], expected: `a slot after its start, above ${operation.at}` })
  }
  if (operation.do === 'attack') misfits.push(...attackMisfits(operation, path))
  return misfits
}

/** Most newcomers that there can be: any number where they come at random or by a trace. */
function newcomers({ operations, trace }: ScenarioFields): number {
  if (trace !== undefined) return Number.POSITIVE_INFINITY
  let count = 0
  for (const operation of operations) {
    if (operation.do === 'join') count += operation.count
    else if (operation.do === 'poisson' && operation.joins > 0) return Number.POSITIVE_INFINITY
  }
  return count
}

function numberMisfits(operation: ScenarioOperation, path: Path, { members }: ScenarioFields, most: number): Misfit[] {
  // An attack is prepared before the run, when only the first members are there.
  const [bound, who] = operation.do === 'attack' ? [members, 'a meter of the first roster'] : [most, 'a meter that ever exists']
  const expected = `${who}, 0 to ${bound - 1}`
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

const CHOICES = ['meter', 'meters', 'count', 'fraction', 'all'] as const

function choiceMisfits(operation: ScenarioOperation, path: Path): Misfit[] {
  if (operation.do !== 'leave' && operation.do !== 'crash' && operation.do !== 'restart' && operation.do !== 'partition') return []
  const written: Readonly<Record<string, unknown>> = operation
  const given = CHOICES.filter(key => written[key] !== undefined)
  if (given.length === 1) return []
  const known = operation.do === 'restart' ? 'meter, meters or all' : 'meter, meters, count or fraction'
  return [{ path, expected: `exactly one of ${known}`, got: given.length === 0 ? 'none' : given.join(' and ') }]
}

function attackMisfits(operation: Extract<ScenarioOperation, { do: 'attack' }>, path: Path): Misfit[] {
  const { by, what, meter, meters } = operation
  const own: readonly string[] = ATTACKS[by]
  if (!own.includes(what)) {
    const expected = `an attack by ${by === 'members' ? 'members' : `the ${by}`}: ${alternatives(own)}`
    return [{ path: [...path, 'what'], expected, got: `'${what}'${meant(what, own)}` }]
  }
  if (what === 'cut-off' && meter === undefined && meters === undefined) {
    return [{ path, expected: 'the meters that are cut off, or the meter whose neighbours are', got: 'no meter' }]
  }
  if (what !== 'cut-off' && what !== 'two-rosters' && meter === undefined) {
    return [{ path, expected: by === 'members' ? 'the meter that attacks' : 'the meter that is attacked', got: 'no meter' }]
  }
  return []
}

function expectationMisfits(at: 'expect' | 'expectWithDoubleMask', fields: ScenarioFields, most: number): Misfit[] {
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

/** What the keys that a scenario gives of its network demand of each other. */
function networkChecks({ network, members }: ScenarioFields): Misfit[] {
  if (network === undefined || typeof network === 'string') return []
  const given = network as Partial<NetworkFields>
  const { minMembers = 0, degree = 'auto', recovery = 'edge-release' } = given
  const found = networkMisfits({ members, minMembers, degree, recovery, slotSeconds: 1 } as NetworkFields)
  return [...found].map(([key, expected]) => ({ path: ['network', key], expected }))
}
