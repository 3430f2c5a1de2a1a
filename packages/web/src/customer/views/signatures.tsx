import type { JSX } from 'preact'
import { periodText } from '../figures/when.ts'
import type { HeldBatch, Household } from '../keeper/household.ts'
import { Table } from './parts.tsx'

/** Shows the state of the meter's signature over each batch of a view. */
export function Signatures({ household, numbers }: { readonly household: Household; readonly numbers: readonly number[] }): JSX.Element {
  const batches = numbers.flatMap(number => household.batches.value[number] ?? [])
  const { zone } = household
  const rows = batches.map(batch => [
    periodText(batch.firstSlot * batch.slotSeconds, (batch.firstSlot + batch.slots) * batch.slotSeconds, zone),
    <State batch={batch} key="state" />,
    batch.ms === undefined ? '–' : `${Math.round(batch.ms)} ms`
  ])
  return (
    <>
      <p role="status" class={toneOf(batches)}>
        {summaryOf(batches)}
      </p>
      {batches.some(({ refused }) => refused !== undefined) && <Refused batches={batches} zone={zone} />}
      <details>
        <summary>How this page checks your meter’s signature</summary>
        <p>
          Your meter sends readings in batches. It seals each reading in a commitment, a number that fixes the reading without telling it,
          and signs all commitments of a batch. Here in your browser the readings are decrypted, the commitments made again, and the
          signature checked against your meter’s own key. If a single digit had been changed on the way, it would not hold.
        </p>
        <Table
          caption="Batches of this period"
          columns={[{ name: 'Days' }, { name: 'Meter’s signature' }, { name: 'Time the check took', number: true }]}
          rows={rows}
          empty="There are none."
        />
      </details>
    </>
  )
}

function State({ batch }: { readonly batch: HeldBatch }): JSX.Element {
  if (batch.refused !== undefined && batch.signature !== 'does not hold') return <span class="bad">not usable</span>
  const tone = { holds: 'good', 'does not hold': 'bad', 'being checked': 'muted', 'not yet checked': 'muted' }[batch.signature]
  return <span class={tone}>{batch.signature}</span>
}

function Refused({ batches, zone }: { readonly batches: readonly HeldBatch[]; readonly zone: string }): JSX.Element {
  return (
    <ul class="bad">
      {batches.flatMap(({ refused, firstSlot, slots, slotSeconds }) =>
        refused === undefined
          ? []
          : [
              <li key={firstSlot}>
                {periodText(firstSlot * slotSeconds, (firstSlot + slots) * slotSeconds, zone)}: {refused} They are left out.
              </li>
            ]
      )}
    </ul>
  )
}

function count(batches: readonly HeldBatch[], signature: HeldBatch['signature']): number {
  return batches.filter(batch => batch.refused === undefined && batch.signature === signature).length
}

function toneOf(batches: readonly HeldBatch[]): string {
  if (batches.some(({ refused }) => refused !== undefined)) return 'bad'
  return batches.length > 0 && count(batches, 'holds') === batches.length ? 'good' : 'muted'
}

function summaryOf(batches: readonly HeldBatch[]): string {
  const refused = batches.filter(batch => batch.refused !== undefined).length
  const holds = count(batches, 'holds')
  if (batches.length === 0) return ''
  if (refused > 0)
    return `Not all readings can be trusted: ${refused} of ${batches.length} batches ${refused === 1 ? 'is' : 'are'} left out.`
  if (holds === batches.length) return 'Checked here: your meter’s signature holds for all readings shown.'
  if (count(batches, 'being checked') > 0) return `Checking your meter’s signature: ${holds} of ${batches.length} batches done.`
  return 'Your meter’s signature is not yet checked.'
}
