// Compares the result of a run with the expectations of its scenario.
import { counted } from '@hushgrid/primitives'
import type { Amount, ScenarioExpectations } from '../file/expectations.ts'
import { type ChangeKind, type ChurnResult, isLost, type MembershipChange, type Party, type SlotReport } from './churn-result.ts'

/** Bytes of a roster message without its changes: envelope and two signatures. */
const DELTA_BASE = 200

/**
 * Checks the result of a run; whatever the expectations leave out may be anything. Slots that were lost because the machine
 * was late say nothing about the scenario: they count as nothing, and no list has to name them.
 *
 * @param hidden - verdict of the leakage oracle, where it was asked
 * @returns a sentence for each expectation that does not hold, with what came instead; empty where all hold
 */
export function checkExpectations(
  expect: ScenarioExpectations,
  result: Pick<ChurnResult, 'slots' | 'changes' | 'faults' | 'evidence'>,
  hidden?: boolean
): string[] {
  return [
    unjudged(result.slots),
    ...totalsExpected(expect, result.slots),
    ...reasonsExpected(expect, result.slots),
    ...agreementsExpected(expect, result.changes),
    ...deltasExpected(expect, result.changes),
    ...(expect.faults ?? []).map(({ who, what }) => faultExpected(who, what, result)),
    expect.faults?.length === 0 ? nobodyExpected(result) : undefined,
    hiddenExpected(expect, hidden)
  ].filter(sentence => sentence !== undefined)
}

/** Says that too many slots were lost for a late machine to say anything of the scenario. */
function unjudged(slots: readonly SlotReport[]): string | undefined {
  const busy = slots.filter(slot => slot.busy).length
  return busy > slots.length / 2 ? `not judged: ${busy} of ${counted(slots.length, 'slot')} lost because the machine was busy` : undefined
}

function totalsExpected({ lost, exact, recovered }: ScenarioExpectations, slots: readonly SlotReport[]): (string | undefined)[] {
  const busy = slots.filter(slot => slot.busy)
  const lostSlots = slots.filter(isLost)
  const recoveredSlots = slots.filter(slot => slot.recovered)
  return [
    slotsExpected('lost slots', lost, { those: lostSlots, busy }, describeLoss),
    exactExpected(exact, slots),
    slotsExpected('recovered slots', recovered, { those: recoveredSlots, busy })
  ]
}

function exactExpected(expected: ScenarioExpectations['exact'], slots: readonly SlotReport[]): string | undefined {
  if (typeof expected !== 'boolean') {
    const exact = slots.filter(slot => slot.exact === true)
    return slotsExpected('exact totals', expected, { those: exact, busy: slots.filter(slot => slot.busy) })
  }
  const wrong = slots.filter(slot => slot.exact === false)
  if (!expected || wrong.length === 0) return undefined
  return `exact: expected every total to be the sum of its readings, got others in slots ${list(wrong)}`
}

function reasonsExpected({ refusals, reasons = {} }: ScenarioExpectations, slots: readonly SlotReport[]): (string | undefined)[] {
  const refused = slots.flatMap(slot => slot.refused)
  return [
    amountExpected('refusals', refusals, refused.length),
    ...Object.entries(reasons).map(([reason, amount]) => {
      const times =
        slots.filter(slot => slot.reason === reason && !slot.busy).length + refused.filter(each => each.reason === reason).length
      return amountExpected(`slots lost or requests refused for '${reason}'`, amount, times, reasonsGiven(slots))
    })
  ]
}

function deltasExpected({ deltaBytesPerChange }: ScenarioExpectations, changes: readonly MembershipChange[]): (string | undefined)[] {
  return changes
    .filter(({ deltaBytes }) => deltaBytes !== 0)
    .map(({ kind, meter, deltaBytes, changesInDelta }) => {
      const what = `bytes of the roster message for the ${kind} of meter ${meter}, beyond ${DELTA_BASE}`
      return amountExpected(what, deltaBytesPerChange, (deltaBytes - DELTA_BASE) / changesInDelta)
    })
}

function hiddenExpected({ hidden: expected }: ScenarioExpectations, hidden: boolean | undefined): string | undefined {
  if (expected === undefined || hidden === undefined || expected === hidden) return undefined
  return expected
    ? 'hidden: expected every honest reading to stay hidden, and the oracle found one that does not'
    : 'hidden: expected a leak, and the oracle found none'
}

function slotsExpected(
  what: string,
  expected: Amount | readonly number[] | undefined,
  { those: got, busy }: { readonly those: readonly SlotReport[]; readonly busy: readonly SlotReport[] },
  describe: (slot: SlotReport) => string = ({ slot }) => String(slot)
): string | undefined {
  const those = got.length === 0 ? '' : `: ${got.slice(0, 8).map(describe).join(', ')}${got.length > 8 ? ', …' : ''}`
  if (!isList(expected)) return amountExpected(what, expected, { least: got.length, most: got.length + busy.length }, those)
  const wanted = expected.filter(slot => !busy.some(each => each.slot === slot))
  const same = wanted.length === got.length && got.every(({ slot }) => wanted.includes(slot))
  return same ? undefined : `${what}: expected ${expected.length === 0 ? 'none' : `just ${expected.join(', ')}`}, got ${got.length}${those}`
}

function isList(expected: unknown): expected is readonly number[] {
  return Array.isArray(expected)
}

/** @param got - an amount, or the least and the most that it may have been */
function amountExpected(
  what: string,
  expected: Amount | undefined,
  got: number | { readonly least: number; readonly most: number },
  detail = ''
): string | undefined {
  if (expected === undefined) return undefined
  const { atMost, atLeast } = typeof expected === 'number' ? { atMost: expected, atLeast: expected } : expected
  const { least, most } = typeof got === 'number' ? { least: got, most: got } : got
  if ((atMost === undefined || least <= atMost) && (atLeast === undefined || most >= atLeast)) return undefined
  const bounds = [atLeast === undefined ? '' : `at least ${atLeast}`, atMost === undefined ? '' : `at most ${atMost}`].filter(
    each => each !== ''
  )
  return `${what}: expected ${typeof expected === 'number' ? expected : bounds.join(' and ')}, got ${least}${detail}`
}

function describeLoss({ slot, reason, named, missing }: SlotReport): string {
  const whose = named.length > 0 ? named : missing
  return `${slot} (${reason ?? 'no result'}${whose.length > 0 ? `, meters ${whose.slice(0, 5).join(' ')}${whose.length > 5 ? ' …' : ''}` : ''})`
}

function reasonsGiven(slots: readonly SlotReport[]): string {
  const given = new Set(slots.flatMap(slot => [...(slot.reason ? [slot.reason] : []), ...slot.refused.map(each => each.reason)]))
  return given.size === 0 ? '' : `; reasons given: ${[...given].join(', ')}`
}

function agreementsExpected(expect: ScenarioExpectations, changes: readonly MembershipChange[]): (string | undefined)[] {
  const kinds: readonly [Amount | undefined, readonly ChangeKind[]][] = [
    [expect.keyAgreementsPerJoin, ['join']],
    [expect.keyAgreementsPerLeave, ['leave']],
    [expect.keyAgreementsPerCrash, ['crash', 'absent', 'return']]
  ]
  return kinds.flatMap(([amount, of]) =>
    changes
      .filter(({ kind }) => of.includes(kind))
      .map(({ kind, meter, slot, keyAgreements: { own, others, again } }) =>
        amountExpected(`key agreements for the ${kind} of meter ${meter} in slot ${slot}`, amount, own + others + again)
      )
  )
}

type Named = Pick<ChurnResult, 'faults' | 'evidence'>

function faultExpected(who: Party, what: string | undefined, { faults, evidence }: Named): string | undefined {
  const named = [...faults.filter(fault => fault.who === who), ...evidence.filter(({ against }) => against === who)].map(each => each.what)
  if (named.some(each => what === undefined || each.includes(what))) return undefined
  const expected = `${typeof who === 'number' ? `meter ${who}` : `the ${who}`} to be named${what === undefined ? '' : ` for '${what}'`}`
  return `faults: expected ${expected}, got ${named.length === 0 ? 'nothing against it' : named.map(each => `'${each}'`).join(', ')}`
}

function nobodyExpected({ faults, evidence }: Named): string | undefined {
  const named = [...faults.map(({ who, what }) => [who, what]), ...evidence.map(({ against, what }) => [against, what])]
  return named.length === 0 ? undefined : `faults: expected none, got ${named.map(([who, what]) => `'${what}' of ${who}`).join(', ')}`
}

function list(slots: readonly SlotReport[]): string {
  return slots.map(({ slot }) => slot).join(', ')
}
