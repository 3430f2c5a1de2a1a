import type { ChangeKind, ChurnResult, MembershipChange, Party, SlotReport } from './churn-result.ts'

/** A number that is expected, or its bounds. */
export type Amount = number | { readonly atMost?: number | undefined; readonly atLeast?: number | undefined }

/** What a scenario says must hold at its end; what it does not name may be anything. */
export interface Expectations {
  /** Slots without a total: how many, or just these. */
  readonly lost?: Amount | readonly number[] | undefined
  /** Totals that equal the sum of their contributors' readings: how many, or just these, or all that there are. */
  readonly exact?: Amount | readonly number[] | boolean | undefined
  /** Slots with a total although members were missing. */
  readonly recovered?: Amount | readonly number[] | undefined
  /** Requests for recovery that a meter refused. */
  readonly refusals?: Amount | undefined
  /** Slots that were lost for a reason (`LossReason`), or refusals for a rule, by its words. */
  readonly reasons?: Readonly<Record<string, Amount>> | undefined
  /** Of each join, leave or crash (with the absence and the return that follow it), in the whole neighbourhood. */
  readonly keyAgreementsPerJoin?: Amount | undefined
  readonly keyAgreementsPerLeave?: Amount | undefined
  readonly keyAgreementsPerCrash?: Amount | undefined
  /** Size of the roster message of a change, without the 200 bytes that any has, by the changes in it. */
  readonly deltaBytesPerChange?: Amount | undefined
  /** Who must be named as at fault, by a fault or by evidence, and in what words. */
  readonly faults?: readonly { readonly who: Party; readonly what?: string | undefined }[] | undefined
  /** Whether every honest meter's reading stays hidden, which the leakage oracle decides. */
  readonly hidden?: boolean | undefined
}

/** Bytes of a roster message whatever it tells: envelope, two signatures. */
const DELTA_BASE = 200

/**
 * @param hidden - what the leakage oracle found, where it was asked
 * @returns a sentence for each expectation that does not hold, with what came instead; empty where all hold
 */
export function checkExpectations(expect: Expectations, result: ChurnResult, hidden?: boolean): string[] {
  const { slots, changes } = result
  const failed: string[] = []
  const fail = (sentence: string | undefined): void => {
    if (sentence) failed.push(sentence)
  }
  fail(
    slotsExpected(
      'lost slots',
      expect.lost,
      slots.filter(slot => slot.result !== 'total'),
      describeLoss
    )
  )
  const exact = slots.filter(slot => slot.exact === true)
  const wrong = slots.filter(slot => slot.exact === false)
  if (typeof expect.exact === 'boolean') {
    if (expect.exact && wrong.length > 0)
      fail(`exact: expected every total to be the sum of its readings, got others in slots ${list(wrong)}`)
  } else fail(slotsExpected('exact totals', expect.exact, exact))
  fail(
    slotsExpected(
      'recovered slots',
      expect.recovered,
      slots.filter(slot => slot.recovered)
    )
  )
  const refused = slots.flatMap(slot => slot.refused)
  fail(amountExpected('refusals', expect.refusals, refused.length))
  for (const [reason, amount] of Object.entries(expect.reasons ?? {})) {
    const times = slots.filter(slot => slot.reason === reason).length + refused.filter(each => each.reason === reason).length
    fail(amountExpected(`slots lost or requests refused for '${reason}'`, amount, times, reasonsGiven(slots)))
  }
  for (const each of agreementsExpected(expect, changes)) fail(each)
  for (const change of changes) {
    if (change.deltaBytes === 0) continue
    const each = (change.deltaBytes - DELTA_BASE) / change.changesInDelta
    fail(
      amountExpected(
        `bytes of the roster message for the ${change.kind} of meter ${change.meter}, beyond ${DELTA_BASE}`,
        expect.deltaBytesPerChange,
        each
      )
    )
  }
  for (const { who, what } of expect.faults ?? []) fail(faultExpected(who, what, result))
  if (expect.hidden !== undefined && hidden !== undefined && expect.hidden !== hidden) {
    fail(
      expect.hidden
        ? 'hidden: expected every honest reading to stay hidden, and the oracle found one that does not'
        : 'hidden: expected a leak, and the oracle found none'
    )
  }
  return failed
}

function slotsExpected(
  what: string,
  expected: Amount | readonly number[] | undefined,
  got: readonly SlotReport[],
  describe: (slot: SlotReport) => string = ({ slot }) => String(slot)
): string | undefined {
  const those = got.length === 0 ? '' : `: ${got.slice(0, 8).map(describe).join(', ')}${got.length > 8 ? ', …' : ''}`
  if (!isList(expected)) return amountExpected(what, expected, got.length, those)
  const same = expected.length === got.length && got.every(({ slot }) => expected.includes(slot))
  return same ? undefined : `${what}: expected ${expected.length === 0 ? 'none' : `just ${expected.join(', ')}`}, got ${got.length}${those}`
}

function isList(expected: unknown): expected is readonly number[] {
  return Array.isArray(expected)
}

function amountExpected(what: string, expected: Amount | undefined, got: number, detail = ''): string | undefined {
  if (expected === undefined) return undefined
  const { atMost, atLeast } = typeof expected === 'number' ? { atMost: expected, atLeast: expected } : expected
  if ((atMost === undefined || got <= atMost) && (atLeast === undefined || got >= atLeast)) return undefined
  const bounds = [atLeast === undefined ? '' : `at least ${atLeast}`, atMost === undefined ? '' : `at most ${atMost}`].filter(
    each => each !== ''
  )
  return `${what}: expected ${typeof expected === 'number' ? expected : bounds.join(' and ')}, got ${got}${detail}`
}

function describeLoss({ slot, reason, named, missing }: SlotReport): string {
  const whose = named.length > 0 ? named : missing
  return `${slot} (${reason ?? 'no result'}${whose.length > 0 ? `, meters ${whose.slice(0, 5).join(' ')}${whose.length > 5 ? ' …' : ''}` : ''})`
}

function reasonsGiven(slots: readonly SlotReport[]): string {
  const given = new Set(slots.flatMap(slot => [...(slot.reason ? [slot.reason] : []), ...slot.refused.map(each => each.reason)]))
  return given.size === 0 ? '' : `; reasons given: ${[...given].join(', ')}`
}

function agreementsExpected(expect: Expectations, changes: readonly MembershipChange[]): (string | undefined)[] {
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

function faultExpected(who: Party, what: string | undefined, { faults, evidence }: ChurnResult): string | undefined {
  const named = [...faults.filter(fault => fault.who === who), ...evidence.filter(({ against }) => against === who)].map(each => each.what)
  if (named.some(each => what === undefined || each.includes(what))) return undefined
  const expected = `${typeof who === 'number' ? `meter ${who}` : `the ${who}`} to be named${what === undefined ? '' : ` for '${what}'`}`
  return `faults: expected ${expected}, got ${named.length === 0 ? 'nothing against it' : named.map(each => `'${each}'`).join(', ')}`
}

function list(slots: readonly SlotReport[]): string {
  return slots.map(({ slot }) => slot).join(', ')
}
