// A bill of the store checked again: what holds, what does not, and where the check ended.
import { decodeBill, encodeBill } from '@hushgrid/billing'
import { HttpProblem } from '@hushgrid/http'
import type { HouseholdBill } from '@hushgrid/mdms'
import { type Millis, sha256, utf8 } from '@hushgrid/primitives'
import type { BillCheckStep } from '@hushgrid/web-api'
import { afterAll, describe, expect, it } from 'vitest'
import { BillRechecker } from '../../src/web/bill-rechecker.ts'
import { LONG } from '../support/command-tools.ts'
import { FROM, House, SLOT_SECONDS, tariffText, UNTIL } from '../support/delivered-house.ts'

const FLAT = tariffText('flat', '12')
const house = new House('ann')
const network = { network: 'elm-street', slotSeconds: SLOT_SECONDS }
const tariff = { tariff: 'flat', text: FLAT, from: 0 as Millis, hash: sha256(utf8(FLAT)) }
const store = { readTerms: () => Promise.resolve({ networks: [network], tariffs: [tariff] }) }
const bytes = house.bill(FLAT)
const whole = decodeBill(bytes)

const warnings: string[] = []
const warn = (text: string): void => {
  warnings.push(text)
}
const checks = new BillRechecker({ store, pseudonymOf: meter => `household of ${meter}`, warn })
afterAll(async () => {
  await checks.stop()
  expect(warnings).toEqual([])
})

/** As the store has it, but for what is said otherwise. */
function kept(more: Partial<HouseholdBill> = {}): HouseholdBill {
  return {
    ...{ network: 'elm-street', household: `household of ${house.meter.id}`, period: { from: FROM, until: UNTIL }, tariff: 'flat' },
    ...{ tariffHash: tariff.hash, amount: whole.amount, unit: 'thousandths of a cent', gaps: 0 },
    ...{ bill: bytes, verified: true, received: 0 as Millis },
    ...more
  }
}

/** `+` for each step that holds, `-` for one that does not, `.` for one that was not looked at. */
function outcomes(steps: readonly BillCheckStep[]): string {
  return steps.map(({ holds }) => (holds === undefined ? '.' : holds ? '+' : '-')).join('')
}

describe('a bill checked again', { timeout: LONG }, () => {
  it('holds at every step where its proof does, and the store has what it proves', async () => {
    const steps = await checks.check(network, kept())
    expect(outcomes(steps)).toBe('+++++++')
    expect(steps.every(({ explained }) => /^[A-Z“].*\.$/.test(explained))).toBe(true)
    // Where the key of the pseudonyms is not there, nothing is said of them.
    const without = new BillRechecker({ store, warn })
    expect(outcomes(await without.check(network, kept()))).toBe('++++++')
    await without.stop()
  })

  it('does not where something was changed, and says where the check ended', async () => {
    const batches = whole.batches.map(batch => ({ ...batch, signature: batch.signature.map(byte => byte ^ 1) }))
    const cases: [string, Partial<HouseholdBill>, RegExp][] = [
      ['-......', { bill: bytes.subarray(0, -1) }, /bill, encoding/],
      ['+-.....', { bill: house.bill(tariffText('flat', '11')) }, /bill, tariff: expected the prices of a tariff of the supplier/],
      ['+++-...', { bill: encodeBill({ ...whole, batches }) }, /bill, signature/],
      ['++++-..', { bill: encodeBill({ ...whole, amount: whole.amount - 1n }) }, /bill, opening/],
      ['+++++-+', { amount: whole.amount + 1n }, /the proof says something else/],
      ['+++++-+', { gaps: 1 }, /the proof says something else/],
      ['+++++-+', { period: { from: FROM, until: UNTIL + 1 } }, /the proof says something else/],
      ['+++++-+', { tariffHash: sha256(utf8('another')) }, /the proof says something else/],
      ['++++++-', { household: 'household-of-another' }, /expected a bill of this household’s meter, got one of another/]
    ]
    for (const [expected, more, why] of cases) {
      const steps = await checks.check(network, kept(more))
      expect({ why, outcomes: outcomes(steps) }).toEqual({ why, outcomes: expected })
      expect(steps.find(({ holds }) => holds === false)?.explained).toMatch(why)
    }
  })

  it('waits for few others only', async () => {
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => checks.check(network, kept())))
    const refused = all.flatMap(each => (each.status === 'rejected' ? [each.reason as HttpProblem] : []))
    expect(refused).toHaveLength(2)
    for (const problem of refused) {
      expect(problem).toBeInstanceOf(HttpProblem)
      expect([problem.status, problem.headers['retry-after']]).toEqual([503, '5'])
    }
    expect(outcomes(await checks.check(network, kept()))).toBe('+++++++')
  })
})
