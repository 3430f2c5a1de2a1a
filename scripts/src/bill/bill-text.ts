// Output of `pnpm bill` for people.
import {
  type Bands,
  type BatchSpan,
  type BillPath,
  describeRows,
  describeUnit,
  formatAmount,
  type Overhead,
  PUBLISHED_OVERHEADS,
  roundAmount,
  type Tariff,
  type TariffPrices
} from '@hushgrid/billing'
import type { HouseholdSeries } from '@hushgrid/load-profiles'
import { counted, tableLines, toHex, wrappedText } from '@hushgrid/primitives'

/** Start of a slot, UTC. */
export const startOf = (slot: number, slotSeconds: number): string =>
  new Date(slot * slotSeconds * 1000).toISOString().replace(':00.000Z', 'Z')

export const spanText = ({ from, until }: BatchSpan, slotSeconds: number): string =>
  `${startOf(from, slotSeconds)} to ${startOf(until, slotSeconds)} (${counted(until - from, 'slot')} of ${slotSeconds} s)`

/** Gives the exact amount and the rounded one, in words. */
export function amountText(amount: bigint, prices: TariffPrices): string {
  const { minor, rule } = roundAmount(amount, prices)
  return `${formatAmount(minor, prices)}   (${amount} ${describeUnit(prices)}, rounded ${rule})`
}

const took = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`.padStart(10)

/** Tells a bill's path to a person. */
export function billText(
  series: HouseholdSeries,
  path: BillPath,
  about: {
    readonly tariff: Tariff
    readonly bands: Bands | undefined
    readonly prices: TariffPrices
    /** Sentences on the readings that go before the bill. */
    readonly notes: readonly string[]
    readonly out: string | undefined
    readonly overheads: readonly Overhead[]
  }
): string {
  const { tariff, bands, prices, notes, out, overheads } = about
  const { times, sizes, bill } = path
  const lines = [
    ...notes,
    `household ${series.household}, ${spanText(bill, series.slotSeconds)}, ${counted(path.readings, 'reading')}${path.gaps > 0 ? `, ${counted(path.gaps, 'gap')}` : ''}`,
    `tariff ${tariff.name}, prices ${toHex(prices.tariffHash).slice(0, 16)}: ${counted(prices.distinctWeights.length, 'distinct price')}`,
    ...(bands ? [describeRows(tariff, bands, prices)] : []),
    `bill ${amountText(bill.amount, prices)}`,
    '',
    ...tableLines([
      [
        'meter',
        'encrypts, commits, signs',
        took(times.seal),
        `${sizes.total} B to the store in ${counted(sizes.batches, 'batch', 'batches')}`
      ],
      ['customer', 'decrypts, checks the meter’s word', took(times.open), ''],
      ['', 'computes bill and opening', took(times.compute), `${path.billBytes.byteLength} B to the supplier`],
      ['supplier', 'checks the bill', took(times.verify), 'holds']
    ])
  ]
  if (overheads.length > 0) lines.push('', 'what a full batch adds to its readings:', overheadText(overheads))
  if (out !== undefined) lines.push('', `written to ${out}; check it with: pnpm bill verify ${out} --tariff … --meter ${path.meter.id}`)
  return lines.map(wrappedText).join('\n')
}

/** Writes a table of overheads. */
function overheadText(overheads: readonly Overhead[]): string {
  const head = ['batch', 'readings', 'bytes of them', 'slots and meter', 'signature', 'total', 'overhead', 'published']
  const rows = overheads.map(({ batching, count, readings, slots, signature, total, percent }) => [
    batching,
    String(count),
    String(readings),
    String(slots),
    String(signature),
    String(total),
    `${percent.toFixed(1)} %`,
    `${PUBLISHED_OVERHEADS[batching].toFixed(1)} %`
  ])
  return tableLines([head, ...rows], { right: head.map((_, i) => i > 0) }).join('\n')
}
