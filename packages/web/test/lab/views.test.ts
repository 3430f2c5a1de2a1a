// What is shown of one household, and figures as text.
import type { LabForm, LabMeterDetail } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { REFUSALS_SHOWN, refusalsOf } from '../../src/lab/panels/attack.ts'
import {
  exaOf,
  inThrees,
  laneKwh,
  lastBitsOf,
  listOf,
  showBytes,
  showDayTime,
  showKwh,
  showMs,
  showTotal
} from '../../src/lab/state/figures.ts'
import { meterViews, SLOTS_DRAWN } from '../../src/lab/state/meter-views.ts'
import { IMPORT, slotRow } from './scene.ts'

type DetailSlot = LabMeterDetail['slots'][number]

/** Forms of the contenders. */
const MASKED_ONLY: readonly LabForm[] = ['masked']
const REENCRYPT: readonly LabForm[] = ['ciphertext', 'plain']
const DIRECT: readonly LabForm[] = ['ciphertext']
const MASKED = '17703228091418151462'

function detail(...slots: readonly Partial<DetailSlot>[]): LabMeterDetail {
  const rows = slots.map((slot, i) => ({ slot: i, start: slotRow(i).start, used: null, received: [], ...slot }))
  return { household: 3, id: 'ab', state: 'in', neighbours: [1, 2], keyAgreements: 2, slots: rows }
}

const masked = (value: string): DetailSlot['received'] => [{ role: 'aggregator', form: 'masked', values: { [IMPORT]: value } }]

describe('what is seen of a household', () => {
  it('in a DC-net: readings in kWh, and 64 bits to the aggregator', () => {
    const views = meterViews(
      detail({ used: { [IMPORT]: '217' }, received: masked(MASKED) }, { used: { [IMPORT]: '54' } }),
      IMPORT,
      MASKED_ONLY
    )
    expect(views.used).toEqual([0.217, 0.054])
    expect(views.received).toHaveLength(1)
    const [aggregator] = views.received
    expect(aggregator).toMatchObject({ roles: ['aggregator'], form: 'masked', last: { start: slotRow(0).start, value: MASKED } })
    expect(aggregator?.bits).toEqual([BigInt(MASKED), null])
    expect(aggregator?.charted[0]).toBeCloseTo(17.703, 3)
    expect(aggregator?.charted[1]).toBeNull()
  })

  it('with a PES that decrypts: a ciphertext of all lanes, and the reading itself', () => {
    const received: DetailSlot['received'] = [
      { role: 'concentrator', form: 'ciphertext', values: { '': `ff${'0'.repeat(15)}a` } },
      { role: 'pes', form: 'plain', values: { [IMPORT]: '217' } }
    ]
    const [concentrator, pes] = meterViews(detail({ used: { [IMPORT]: '217' }, received }), IMPORT, REENCRYPT).received
    expect(concentrator?.bits).toEqual([10n])
    expect(pes).toMatchObject({ roles: ['pes'], form: 'plain', charted: [0.217] })
  })

  it('with a PES that opens nothing: one ciphertext for both who get the same, two where they differ', () => {
    const both = (concentrator: string, pes: string): DetailSlot['received'] => [
      { role: 'concentrator', form: 'ciphertext', values: { '': concentrator } },
      { role: 'pes', form: 'ciphertext', values: { '': pes } }
    ]
    const rolesOf = (received: DetailSlot['received']): unknown =>
      meterViews(detail({ received }), IMPORT, DIRECT).received.map(({ roles }) => roles)
    expect(rolesOf(both('ab', 'ab'))).toEqual([['concentrator', 'pes']])
    expect(rolesOf(both('ab', 'cd'))).toEqual([['concentrator'], ['pes']])
  })

  it('has the reading beside what came of the same slot, not of one that has not come yet', () => {
    const views = meterViews(
      detail({ used: { [IMPORT]: '217' }, received: masked('1') }, { used: { [IMPORT]: '54' } }),
      IMPORT,
      MASKED_ONLY
    )
    expect(views.lastUsed).toEqual({ start: slotRow(0).start, wh: '217' })
    expect(meterViews(detail({ used: { [IMPORT]: '54' } }), IMPORT, MASKED_ONLY).lastUsed?.wh).toBe('54')
  })

  it('leaves out what came another way before a switch', () => {
    const plain: DetailSlot['received'] = [{ role: 'pes', form: 'plain', values: { [IMPORT]: '217' } }]
    expect(meterViews(detail({ received: plain }), IMPORT, DIRECT).received).toEqual([])
    expect(
      meterViews(detail({ received: plain }, { received: masked('1') }), IMPORT, MASKED_ONLY).received.map(({ form }) => form)
    ).toEqual(['masked'])
  })

  it('is nothing where nothing came, and no more than the last slots', () => {
    const views = meterViews(detail({}, {}), IMPORT, MASKED_ONLY)
    expect(views).toMatchObject({ used: [null, null], lastUsed: undefined, received: [] })
    const many = Array.from({ length: SLOTS_DRAWN + 9 }, () => ({ received: masked('1') }))
    const long = meterViews(detail(...many), IMPORT, MASKED_ONLY)
    expect([long.x.length, long.received[0]?.bits.length]).toEqual([SLOTS_DRAWN, SLOTS_DRAWN])
  })
})

describe('refusals', () => {
  const refused = (...households: readonly number[]): ReturnType<typeof slotRow>['refused'] =>
    households.map(household => ({ household, reason: 'a second list' }))

  it('are listed newest slot first, with all meters that gave the reason, each once', () => {
    const open = { slot: 3, start: 'now', submitted: [], missing: [], releasing: [], refused: refused(6, 5) }
    const slots = [
      slotRow(1, { refused: [...refused(4), { household: 4, reason: 'disputes' }] }),
      slotRow(2),
      slotRow(3, { refused: refused(5, 12) })
    ]
    expect(refusalsOf(slots, open).map(({ slot, households, reason }) => [slot, households, reason])).toEqual([
      [3, [5, 6, 12], 'a second list'],
      [1, [4], 'a second list'],
      [1, [4], 'disputes']
    ])
    expect(refusalsOf([], undefined)).toEqual([])
  })

  it('are no more than are shown', () => {
    const slots = Array.from({ length: 3 * REFUSALS_SHOWN }, (_, slot) => slotRow(slot, { refused: refused(1) }))
    const shown = refusalsOf(slots, undefined)
    expect([shown.length, shown[0]?.slot]).toEqual([REFUSALS_SHOWN, 3 * REFUSALS_SHOWN - 1])
  })
})

describe('figures', () => {
  it('of energy are kWh to the Wh', () => {
    expect(showKwh(laneKwh({ [IMPORT]: '1394' }, IMPORT))).toBe('1.394')
    expect(showKwh(laneKwh(null, IMPORT))).toBe('–')
    expect(showKwh(laneKwh({}, IMPORT))).toBe('–')
  })

  it('of a withheld lane are no zero, and no loss', () => {
    const text = 'withheld: 3 of 25 can feed in, 6 are needed'
    const slot = slotRow(0, { withheld: { '1-0:2.29.0': { able: 3, of: 25, needed: 6, text } } })
    expect(showTotal(slot, IMPORT)).toBe('0.600')
    expect(showTotal(slot, '1-0:2.29.0')).toBe('withheld')
    expect(laneKwh(slot.total, '1-0:2.29.0')).toBe(null)
    expect(showTotal(slotRow(0, { lost: true, total: null }), IMPORT)).toBe('–')
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [61_900, '61.9 kB'],
    [1_450_000, '1.45 MB'],
    [602_000, '602 kB'],
    [2.5e13, '25.0 TB']
  ])('%d bytes are %s', (bytes, text) => {
    expect(showBytes(bytes)).toBe(text)
  })

  it.each([
    [149.4, '149 ms'],
    [-193, '-193 ms'],
    [15_600, '15.6 s'],
    [250_000, '4 min 10 s']
  ])('%d ms are %s', (ms, text) => {
    expect(showMs(ms)).toBe(text)
  })

  it('of 64 bits fill 0 to 18.4', () => {
    expect(exaOf(2n ** 64n - 1n)).toBeCloseTo(18.447, 3)
    expect(exaOf(2n ** 64n)).toBe(0)
    expect(lastBitsOf(`${'f'.repeat(16)}${'0'.repeat(15)}7`)).toBe(7n)
    expect(lastBitsOf('')).toBe(0n)
    expect(inThrees(MASKED)).toBe('17 703 228 091 418 151 462'.replaceAll(' ', '\u202f'))
  })

  it('households and times are as a sentence has them', () => {
    expect(listOf([])).toBe('none')
    expect(listOf([3])).toBe('3')
    expect(listOf([3, 17, 20])).toBe('3, 17 and 20')
    expect(listOf([1, 2, 3, 4], 2)).toBe('1, 2 and 2 others')
    expect(showDayTime('2025-03-24T06:15:00.000Z')).toBe('2025-03-24 06:15')
  })
})
