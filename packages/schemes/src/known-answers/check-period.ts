// Checks a scheme that yields bills: a period of slots, and each meter's priced sum at its end.
import { HushgridError, type LaneVector, type MeterId, type Slot, signedLanes, slot, toHex } from '@hushgrid/primitives'
import { Lockstep } from '../lockstep.ts'
import type { SchemeOptions } from '../options.ts'
import { numberOf, sceneGroup } from '../scene-group.ts'
import type { Outcome } from '../scheme.ts'
import { SCHEMES, type SchemeName } from '../schemes/registered.ts'
import { keyOf, readingsOf, rngOf } from './case-inputs.ts'
import { Findings, type SchemeFinding } from './findings.ts'
import type { PeriodCase, SchemeCase, SchemeFile } from './format.ts'

interface PeriodRun {
  /** Ciphertexts by meter, in the order of the slots. */
  readonly ciphertexts: ReadonlyMap<number, readonly string[]>
  readonly outcomes: readonly (Outcome | undefined)[]
}

/** Checks one case of a period; its readings are those that other cases of the file have for the same slots. */
export function checkPeriodCase(file: SchemeFile, of: PeriodCase): SchemeFinding {
  const { scheme: name, meters } = of
  const found = new Findings()
  if (!(name in SCHEMES)) {
    found.failures.push(`scheme: expected one of ${Object.keys(SCHEMES).join(', ')}, got ${JSON.stringify(name)}`)
    return { name, ...found }
  }
  const bills = meters.map(({ meter, bill }) => [meter, bill.map(String)])
  const { ciphertexts, outcomes } = runPeriod(file, of)
  for (const { meter, ciphertexts: expected } of meters)
    for (const [i, bytes] of expected.entries()) found.expect(`meter ${meter} slot ${i}`, ciphertexts.get(meter)?.[i], bytes)
  found.expect('slots with an outcome', outcomes.filter(outcome => outcome !== undefined).length, 1)
  found.expect('bills', billsOf(outcomes.at(-1)), bills)
  for (const trusting of [true, false]) {
    const last = runPeriod(file, of, { trusting, silent: meters.length - 1 }).outcomes.at(-1)
    const what = `bills without the last ciphertext of the last meter${trusting ? ', opened all the same' : ''}`
    found.expect(what, billsOf(last), bills.slice(0, -1))
  }
  return { name, ...found }
}

/** @param silent - number of a meter that sends nothing in the last slot */
function runPeriod(
  file: SchemeFile,
  of: PeriodCase,
  { trusting = false, silent }: { trusting?: boolean; silent?: number } = {}
): PeriodRun {
  const { scheme: name, bits, setup } = of
  const group = sceneGroup(file.meters, file.lanes.length)
  const options: SchemeOptions = { bits, keyFor: party => keyOf(of, party), prices: setup.prices.map(BigInt), trusting }
  const scheme = SCHEMES[name as SchemeName](options)
  const lockstep = new Lockstep({ scheme, group, slot: slot(setup.period), rng: rngOf(file.seed, name) })
  lockstep.run({ phase: 'setup', slot: slot(setup.period) })
  const ciphertexts = new Map<number, string[]>()
  const outcomes = setup.slots.map((number, i) => {
    const absent = silent !== undefined && i === setup.slots.length - 1 ? [[group.members[silent] as MeterId, 1] as const] : []
    const readings = readingsOf(group, readingsAt(file, slot(number)))
    const { sent, outcome } = lockstep.run({ phase: 'slot', slot: slot(number), readings, silent: new Map(absent) })
    for (const { from, body } of sent) ciphertexts.set(numberOf(from), [...(ciphertexts.get(numberOf(from)) ?? []), toHex(body)])
    return outcome
  })
  return { ciphertexts, outcomes }
}

function readingsAt({ cases }: SchemeFile, at: Slot): Parameters<typeof readingsOf>[1] {
  const slots = cases.flatMap(each => ('slots' in each ? (each as SchemeCase).slots : []))
  const found = slots.find(({ slot }) => slot === at)
  if (found) return found.readings
  throw new HushgridError(`slot ${at}: expected readings of it in another case of the file, got none`)
}

const signed = (lanes: LaneVector): string[] => signedLanes(lanes).map(String)

function billsOf(outcome: Outcome | undefined): [number, string[]][] | undefined {
  return outcome?.type === 'bills' ? [...outcome.bills].map(([id, lanes]) => [numberOf(id), signed(lanes)]) : undefined
}
