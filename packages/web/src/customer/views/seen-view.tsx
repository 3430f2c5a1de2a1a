// "What the supplier sees", beside what only the customer sees.
import { QUANTITIES, type SeenBySupplier } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Breakable } from '../../common/breakable.tsx'
import { Chart } from '../../common/chart.tsx'
import { Amount, ExactSwitch } from '../../common/exact-amounts.tsx'
import { IMPORT_LANE, quantityOf, unitOf } from '../../common/quantities.ts'
import { bucketsOf, kilowattHours, laneName, totalOf } from '../figures/energy.ts'
import { periodText, secondsOf, serverTime } from '../figures/when.ts'
import type { Household } from '../keeper/household.ts'
import { useLoaded } from '../use-loaded.ts'
import { Heading, ProblemText, ServerKnows, Table } from './parts.tsx'
import type { ViewProps } from './view-props.ts'

/** Shows exactly what the supplier has of the household, beside what only the customer sees. */
export function SeenView({ household, focus }: ViewProps): JSX.Element {
  const loaded = useLoaded(async () => await household.get<SeenBySupplier>('/seen'), household)
  const seen = loaded.value
  return (
    <>
      <Heading focus={focus}>What the supplier sees</Heading>
      <p>This is all that the supplier’s store has of you, as the supplier sees it. Nothing is left out and nothing is added.</p>
      <ProblemText text={loaded.problem} />
      {!seen && loaded.problem === undefined && <p role="status">Asking what the supplier has …</p>}
      {seen && (
        <>
          <section class="panel" aria-labelledby="named">
            <h2 id="named">What you are called there</h2>
            <dl class="pairs">
              <dt>Pseudonym</dt>
              <dd>
                <Breakable text={seen.pseudonym} />
              </dd>
              <dt>Account</dt>
              <dd>{seen.account}</dd>
              <dt>Network</dt>
              <dd>{seen.network}</dd>
            </dl>
          </section>
          <BothSides household={household} seen={seen} />
          <Kept household={household} seen={seen} />
        </>
      )}
      <ServerKnows>
        everything on this page except what stands under “What you see”. That was decrypted here and is on no server.
      </ServerKnows>
    </>
  )
}

interface SeenProps {
  readonly household: Household
  readonly seen: SeenBySupplier
}

/** Shows one batch in the supplier's form and in the customer's. */
function BothSides({ household, seen }: SeenProps): JSX.Element {
  const { zone } = household
  const [chosen, setChosen] = useState(seen.batches.length - 1)
  const batch = seen.batches[chosen]
  if (!batch)
    return (
      <section class="panel">
        <h2>Your readings</h2>
        <p>The supplier has no readings of yours, not even encrypted ones.</p>
      </section>
    )
  return (
    <section aria-labelledby="sides">
      <h2 id="sides">The same readings, from both sides</h2>
      <div class="field">
        <label for="batch">Readings of</label>
        <select id="batch" value={chosen} onChange={event => setChosen(Number(event.currentTarget.value))}>
          {seen.batches.map(({ from, until }, i) => (
            <option value={i} key={from}>
              {periodText(secondsOf(from), secondsOf(until), zone)}
            </option>
          ))}
        </select>
      </div>
      <div class="sides">
        <section class="panel" aria-labelledby="theirs">
          <h3 id="theirs">What the supplier sees</h3>
          <p>
            {batch.bytes.toLocaleString('en-GB')} bytes, received {serverTime(batch.received, zone)}.
          </p>
          <Theirs household={household} batch={batch} />
        </section>
        <section class="panel" aria-labelledby="yours">
          <h3 id="yours">What you see</h3>
          <Own household={household} from={secondsOf(batch.from)} until={secondsOf(batch.until)} />
        </section>
      </div>
    </section>
  )
}

/** Shows the bytes as anybody without the key sees them: the batch's header, and noise. */
function Theirs({ household, batch }: { readonly household: Household; readonly batch: SeenBySupplier['batches'][number] }): JSX.Element {
  const { slotSeconds } = household
  const first = secondsOf(batch.from) / slotSeconds
  const slots = secondsOf(batch.until) / slotSeconds - first
  const held = household.batches.value.find(each => each.firstSlot === first && each.slots === slots && each.meterId !== undefined)
  if (!held) return <p class="mono bytes">{spaced(batch.encrypted)}</p>
  const { meterId, lanes, gaps, encrypted, encryptedBytes } = held
  return (
    <>
      <p>Readable for everybody who has them:</p>
      <dl class="pairs">
        <dt>Meter</dt>
        <dd>{meterId !== undefined && <Breakable text={meterId} />}</dd>
        <dt>Slots</dt>
        <dd>
          {slots.toLocaleString('en-GB')} of {slotSeconds} s each; {gaps === 0 ? 'all' : `all but ${gaps}`} with a reading
        </dd>
        <dt>Measured</dt>
        <dd>{lanes.map(laneName).join(', ')}</dd>
      </dl>
      <p class="after">The readings themselves, {encryptedBytes.toLocaleString('en-GB')} encrypted bytes, which begin:</p>
      <p class="mono bytes">{spaced(encrypted)}</p>
    </>
  )
}

/** Writes each byte apart from the next. */
function spaced(hex: string): string {
  return hex.replace(/(..)/g, '$1 ').trim()
}

function Own({ household, from, until }: { readonly household: Household; readonly from: number; readonly until: number }): JSX.Element {
  const { zone, slotSeconds, meters } = household
  const [first, end] = [Math.floor(from / slotSeconds), Math.ceil(until / slotSeconds)]
  const key = `${from} ${until}`
  const opened = useLoaded(async () => {
    await Promise.all(meters.map(meter => household.open(meter, first, end)))
    return key
  }, key)
  const meter = meters.find(each => household.numbersOf(each, first, end).length > 0)
  if (opened.problem !== undefined) return <ProblemText text={opened.problem} />
  if (opened.value !== key) return <p role="status">Decrypting …</p>
  if (meter === undefined) return <p>This page has no key for them, so it sees no more than the supplier does.</p>
  const length = Math.max(slotSeconds, until - from > 4 * 86_400 ? 21_600 : 3600)
  const starts = Array.from({ length: Math.ceil((until - from) / length) }, (_, i) => from + i * length)
  const buckets = bucketsOf(household.spans(meter), slotSeconds, starts, until)
  const { wattHours } = totalOf(buckets)
  const lanes = QUANTITIES.map(({ obis }) => obis).filter(lane => (wattHours.get(lane) ?? 0n) > 0n)
  return (
    <>
      <p>
        {lanes.map(lane => `${laneName(lane)}: ${kilowattHours(wattHours.get(lane) ?? 0n)} ${unitOf(lane)}`).join('. ') ||
          'No energy was used.'}
      </p>
      <Chart
        title={laneName(IMPORT_LANE)}
        unit={`${unitOf(IMPORT_LANE)} per ${length === 21_600 ? '6 hours' : 'hour'}`}
        x={starts}
        series={[
          {
            label: laneName(IMPORT_LANE),
            bars: true,
            values: buckets.map(({ wattHours: sums }) => {
              const value = sums.get(IMPORT_LANE)
              return value === undefined ? null : Number(value) / 1000
            })
          }
        ]}
        height={180}
        zone={zone}
      />
    </>
  )
}

function Kept({ household, seen }: SeenProps): JSX.Element {
  const { zone } = household
  return (
    <>
      <section class="panel" aria-labelledby="bills-kept">
        <h2 id="bills-kept">Bills and consumption</h2>
        <BillsKept bills={seen.bills} zone={zone} />
        <ConsumptionKept consumption={seen.consumption} zone={zone} />
      </section>
      <section class="panel" aria-labelledby="readings-kept">
        <h2 id="readings-kept">Encrypted readings</h2>
        <ReadingsKept batches={seen.batches} zone={zone} />
      </section>
      <section class="panel" aria-labelledby="looked">
        <h2 id="looked">Who looked</h2>
        <Looked looked={seen.looked} zone={zone} />
      </section>
    </>
  )
}

interface InZone {
  readonly zone: string
}

function BillsKept({ bills, zone }: Pick<SeenBySupplier, 'bills'> & InZone): JSX.Element {
  const [exact, setExact] = useState(false)
  return (
    <>
      <Table
        caption="Bills"
        columns={[
          { name: 'Period' },
          { name: 'Tariff' },
          { name: 'To pay', number: true },
          { name: 'Slots without reading', number: true },
          { name: 'Bytes', number: true },
          { name: 'Received' }
        ]}
        rows={bills.map(bill => [
          periodText(secondsOf(bill.from), secondsOf(bill.until), bill.timeZone ?? zone),
          bill.tariff,
          bill.money ? (
            <Amount key="amount" amount={BigInt(bill.amount)} money={bill.money} rounded={bill.toPay} exact={exact} />
          ) : (
            `${bill.amount} ${bill.unit}`
          ),
          String(bill.gaps),
          bill.bytes.toLocaleString('en-GB'),
          serverTime(bill.received, zone)
        ])}
        empty="The supplier has none."
      />
      {bills.length > 0 && (
        <p>
          <ExactSwitch on={exact} set={setExact} />
        </p>
      )}
    </>
  )
}

function ConsumptionKept({ consumption, zone }: Pick<SeenBySupplier, 'consumption'> & InZone): JSX.Element {
  return (
    <Table
      caption="Energy over whole billing periods, never of one slot"
      columns={[{ name: 'Period' }, { name: 'Energy' }, { name: 'From' }, { name: 'Received' }]}
      rows={consumption.map(each => [
        slotsOf(each, zone),
        Object.entries(each.wattHours)
          .map(([lane, wattHours]) => `${laneName(lane)}: ${wattHours} ${quantityOf(lane).unit}`)
          .join(', '),
        each.source,
        serverTime(each.received, zone)
      ])}
      empty="The supplier has none."
    />
  )
}

function ReadingsKept({ batches, zone }: Pick<SeenBySupplier, 'batches'> & InZone): JSX.Element {
  return (
    <Table
      caption="All that the supplier has of your readings"
      columns={[{ name: 'Slots of' }, { name: 'Bytes', number: true }, { name: 'Encrypted readings begin' }, { name: 'Received' }]}
      rows={batches.map(batch => [
        slotsOf(batch, zone),
        batch.bytes.toLocaleString('en-GB'),
        <Breakable key="encrypted" text={batch.encrypted} />,
        serverTime(batch.received, zone)
      ])}
      empty="The supplier has none."
    />
  )
}

function Looked({ looked, zone }: Pick<SeenBySupplier, 'looked'> & InZone): JSX.Element {
  return (
    <Table
      caption="Who looked at any of this, or changed it; the newest first"
      columns={[{ name: 'When' }, { name: 'Who' }, { name: 'What' }, { name: 'Outcome' }]}
      rows={looked
        .toReversed()
        .map(line => [
          serverTime(line.at, zone),
          line.account === undefined ? 'the store itself' : `${line.account}${line.role === undefined ? '' : ` (${line.role})`}`,
          line.action,
          line.outcome
        ])}
      empty="Nobody has."
    />
  )
}

function slotsOf({ from, until }: { readonly from: string; readonly until: string }, zone: string): string {
  return periodText(secondsOf(from), secondsOf(until), zone)
}
