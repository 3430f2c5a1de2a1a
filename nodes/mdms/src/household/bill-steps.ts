// The result of a bill's check, step by step, in words for the bill's customer.
import { type Bill, type BillFault, batchEnd, countReadings, isPresent } from '@hushgrid/billing'
import type { CheckStep } from '@hushgrid/web-api'
import { moment } from '../commands/tables.ts'

type StepName = 'signature' | 'coverage' | 'tariff' | 'amount'

/** Reason why a check ended. */
export interface Failure {
  readonly step: StepName
  /** Steps that were found to hold before. */
  readonly before: readonly StepName[]
  readonly why: string
}

/** Facts about a bill on which the steps are based. */
export interface Told {
  /** Decoded bill; undefined where the bytes are no bill. */
  readonly bill: Bill | undefined
  readonly slotSeconds: number
  readonly tariff: string
  /** Exact amount with its unit, and the amount to pay. */
  readonly amount: string
  /** Standing charges with their unit, where there are any. */
  readonly fixed?: string
  readonly failure?: Failure
}

const ORDER: readonly StepName[] = ['signature', 'coverage', 'tariff', 'amount']
const WHAT: Readonly<Record<StepName, string>> = {
  signature: 'Your meter signed what is billed',
  coverage: 'Every slot of the period is in it exactly once',
  tariff: 'The tariff is one that the supplier has published',
  amount: 'The amount follows from what your meter measured'
}
/** Most runs of slots that are named one by one. */
const MOST_NAMED = 8

/** Steps that hold where one failed at a fault: the order of `verifyBill` in packages/billing. */
const FAULTS: Readonly<Record<BillFault, Omit<Failure, 'why'>>> = {
  tariff: { step: 'tariff', before: [] },
  encoding: { step: 'coverage', before: ['tariff'] },
  meter: { step: 'coverage', before: ['tariff'] },
  period: { step: 'coverage', before: ['tariff'] },
  coverage: { step: 'coverage', before: ['tariff'] },
  lanes: { step: 'coverage', before: ['tariff'] },
  signature: { step: 'signature', before: ['tariff', 'coverage'] },
  // Sets the amount before the signature, as its size is checked first.
  amount: { step: 'amount', before: ['tariff', 'coverage'] },
  opening: { step: 'amount', before: ['tariff', 'coverage', 'signature'] }
}

export function failureOf(fault: BillFault, why: string): Failure {
  return { ...FAULTS[fault], why }
}

/** Gives all steps, those that hold and those that do not. */
export function stepsOf(told: Told): CheckStep[] {
  const { failure } = told
  return ORDER.map(step => {
    const what = WHAT[step]
    if (!failure || failure.before.includes(step)) return { what, holds: true, explained: EXPLAINED[step](told) }
    if (failure.step === step) return { what, holds: false, explained: `This does not hold: ${failure.why}.` }
    return { what, holds: false, explained: 'Not looked at, since another step does not hold.' }
  })
}

const EXPLAINED: Readonly<Record<StepName, (told: Told) => string>> = {
  signature: ({ bill }) => {
    const readings = bill?.batches.reduce((sum, { header }) => sum + countReadings(header), 0) ?? 0
    const batches = bill?.batches.length ?? 0
    return (
      `For each of ${counted(readings, 'reading')} your meter has given a commitment: a number that fixes the reading and does not tell it. ` +
      `It has signed them in ${counted(batches, 'batch', 'batches')}, and its signature holds, so nobody has put other readings in their place.`
    )
  },
  coverage: ({ bill, slotSeconds }) => {
    const slots = bill ? bill.until - bill.from : 0
    const runs = bill ? gapsIn(bill) : []
    const gaps = runs.reduce((sum, { from, until }) => sum + until - from, 0)
    const all = `The period has ${counted(slots, 'slot')} of ${lengthInWords(slotSeconds)}. None is missing, and none is counted twice.`
    if (gaps === 0) return `${all} Your meter has a reading for each.`
    return `${all} For ${counted(gaps, 'slot')} your meter signed that it has no reading, and nothing is charged for them: ${named(runs, slotSeconds)}.`
  },
  tariff: ({ tariff }) =>
    `“${tariff}” is in the supplier's list of tariffs with exactly this text, it was valid in all of the period, and the bill is by its prices and no others.`,
  amount: ({ amount, fixed }) =>
    `The commitments, each times the price of its slot and all added up, open to exactly ${amount}${fixed === undefined ? '' : `, with standing charges of ${fixed}`}. ` +
    'With another reading, price or amount they would not. So the supplier knows that the amount is right without knowing one reading.'
}

interface Run {
  readonly from: number
  readonly until: number
}

/** Gives the runs of slots of the period that the meter signed as gaps. */
function gapsIn({ from, until, batches }: Bill): Run[] {
  const runs: { from: number; until: number }[] = []
  for (const { header } of batches) {
    for (let slot = Math.max(header.firstSlot, from); slot < Math.min(batchEnd(header), until); slot++) {
      if (isPresent(header.present, slot - header.firstSlot)) continue
      const last = runs.at(-1)
      if (last?.until === slot) last.until = slot + 1
      else runs.push({ from: slot, until: slot + 1 })
    }
  }
  return runs
}

function named(runs: readonly Run[], slotSeconds: number): string {
  const time = (slot: number): string => moment(slot * slotSeconds * 1000)
  const texts = runs.slice(0, MOST_NAMED).map(({ from, until }) => `${time(from)} to ${time(until)}`)
  const more = runs.length - texts.length
  return `${texts.join(', ')}${more > 0 ? `, and ${more} more times` : ''} (UTC)`
}

function lengthInWords(seconds: number): string {
  if (seconds % 3600 === 0) return counted(seconds / 3600, 'hour')
  return seconds % 60 === 0 ? counted(seconds / 60, 'minute') : counted(seconds, 'second')
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
}
