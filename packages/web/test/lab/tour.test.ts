// Words on slots, which must agree wherever they stand, and the figures of the tour.
import type { LabMeterDetail } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { openInWords, outcomeInWords, outcomeOf, tallyOf } from '../../src/lab/state/tally.ts'
import { tourOf } from '../../src/lab/state/tour.ts'
import { IMPORT, slotRow } from './scene.ts'

const lost = slotRow(3, { lost: true, exact: false, total: null, submitted: 0, sinceEndMs: null, reason: 'the aggregator was down' })
const busy = slotRow(4, { lost: true, exact: false, total: null, reason: 'members are missing', busy: true })

describe('a slot', () => {
  it('has one outcome, which the strip, the table and the tour share', () => {
    expect([slotRow(1), slotRow(2, { exact: false }), lost, busy].map(outcomeOf)).toEqual(['exact', 'wrong', 'lost', 'busy'])
    expect(outcomeInWords(lost)).toBe('✕ lost: the aggregator was down')
    expect(outcomeInWords(busy)).toBe('‖ lost: machine busy')
    expect(outcomeInWords(slotRow(1))).toBe('✓ exact')
  })

  it('is counted once, and for the machine’s sake apart', () => {
    const recovered = slotRow(1, { recovered: 1, missing: [2], submitted: 2 })
    expect(tallyOf([recovered, slotRow(2), lost])).toBe('Last 3 slots: 2 exact, 1 with meters recovered, 1 lost')
    expect(tallyOf([lost, busy])).toBe('Last 2 slots: 0 exact, 0 with meters recovered, 1 lost, 1 for a busy machine')
    expect(tallyOf([slotRow(1)])).toBe('Last slot: 1 exact, 0 with meters recovered, 0 lost')
  })

  it('that is open says why nothing comes', () => {
    const open = { slot: 5, start: slotRow(5).start, submitted: [], missing: [], releasing: [], refused: [] }
    expect(openInWords(open, { expected: 3, down: undefined })).toBe('Slot 01:15 UTC: 0 of 3 submitted')
    expect(openInWords(open, { expected: 3, down: 'aggregator' })).toBe(
      'Slot 01:15 UTC: the aggregator is down, and no slot has a total until it is back'
    )
    expect(openInWords({ ...open, submitted: [1, 2] }, { expected: 3, down: 'aggregator' })).toMatch(/is down, with 2 of 3 submitted, and/)
    expect(openInWords(undefined, { expected: 3, down: undefined })).toBe('No slot is being collected')
  })
})

describe('the tour', () => {
  const detail = (...slots: LabMeterDetail['slots']): LabMeterDetail => ({
    ...{ household: 3, id: 'ab', state: 'in', neighbours: [1, 2], keyAgreements: 2 },
    slots
  })
  const masked = { role: 'aggregator', form: 'masked', values: { [IMPORT]: '17703228091418151462' } } as const

  it('follows one slot from the reading to the total', () => {
    const of = detail({ slot: 2, start: slotRow(2).start, used: { [IMPORT]: '217' }, received: [masked] })
    expect(tourOf(of, [slotRow(1), slotRow(2)], IMPORT)).toEqual({
      ...{ when: '00:30 UTC', used: '0.217', total: '0.600', outcome: '✓ exact', good: true },
      left: { form: 'masked', text: '17 703 228 091 418 151 462'.replaceAll(' ', '\u202f') }
    })
  })

  it('stays with the slot that is known of the household while the next one’s details are on their way', () => {
    const of = detail({ slot: 1, start: slotRow(1).start, used: { [IMPORT]: '217' }, received: [masked] })
    expect(tourOf(of, [slotRow(1), slotRow(2)], IMPORT)?.when).toBe('00:15 UTC')
    expect(tourOf(undefined, [slotRow(1), slotRow(2)], IMPORT)).toMatchObject({ when: '00:30 UTC', used: undefined, left: undefined })
    expect(tourOf(of, [], IMPORT)).toBeUndefined()
  })

  it('says of a lost slot why it has no total, and of a long ciphertext its beginning', () => {
    const received = [{ role: 'concentrator', form: 'ciphertext', values: { '': 'ab'.repeat(100) } }] as const
    const of = detail({ slot: 3, start: lost.start, used: { [IMPORT]: '217' }, received })
    expect(tourOf(of, [lost], IMPORT)).toMatchObject({
      ...{ total: undefined, outcome: '✕ lost: the aggregator was down', good: false },
      left: { form: 'ciphertext', text: `${'ab'.repeat(12)}…` }
    })
  })

  it('names the reason of a withheld lane', () => {
    const lane = '1-0:2.29.0'
    const text = 'withheld: 3 of 25 can feed in, 6 are needed'
    expect(tourOf(undefined, [slotRow(1, { withheld: { [lane]: { able: 3, of: 25, needed: 6, text } } })], lane)).toMatchObject({
      total: undefined,
      outcome: text
    })
  })
})
