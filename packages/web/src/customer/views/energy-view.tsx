// "Your energy": the customer's consumption by day, week and month.
import { type Signal, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Chart } from '../../common/chart.tsx'
import { addDays, dateIn, dateText, type LocalDate, startOfDay } from '../../common/local-time.ts'
import { IMPORT_LANE, quantityOf, unitOf } from '../../common/quantities.ts'
import { type Bucket, bucketsOf, kilowattHours, laneName, missingIn, type Span, totalOf } from '../figures/energy.ts'
import { type LocalSpan, spanOf, step, stepsOf, type View } from '../figures/local-spans.ts'
import { clockText, momentText, shortDay, spanText } from '../figures/when.ts'
import type { Household } from '../keeper/household.ts'
import { useLoaded } from '../use-loaded.ts'
import { LookForNew } from './look-for-new.tsx'
import { Missing } from './missing.tsx'
import { Heading, ProblemText, ServerKnows } from './parts.tsx'
import { Signatures } from './signatures.tsx'
import type { ViewProps } from './view-props.ts'

const VIEWS: readonly { readonly view: View; readonly name: string; readonly per: string }[] = [
  { view: 'day', name: 'Day', per: 'slot' },
  { view: 'week', name: 'Week', per: 'hour' },
  { view: 'month', name: 'Month', per: 'day' }
]

interface Shown {
  readonly view: View
  readonly date?: LocalDate
  readonly meter?: string
}

/** Last view of each household, so that the customer comes back to it. */
const shownOf = new WeakMap<Household, Signal<Shown>>()

function shownBy(household: Household): Signal<Shown> {
  const known = shownOf.get(household) ?? signal<Shown>({ view: 'day' })
  shownOf.set(household, known)
  return known
}

/** Shows the customer's consumption by day, week and month. */
export function EnergyView({ household, focus }: ViewProps): JSX.Element {
  const shown = shownBy(household)
  const { view, meter = household.meters[0] } = shown.value
  const bounds = meter === undefined ? undefined : boundsOf(household, meter)
  return (
    <>
      <Heading focus={focus}>Your energy</Heading>
      {household.meters.length > 1 && <MeterChoice household={household} shown={shown} />}
      {meter === undefined && <p>No meter is paired with your account yet. Pair it on your home network; readings then appear here.</p>}
      {meter !== undefined && !bounds && (
        <p>Your meter has not sent any readings yet, or you have had them deleted. New ones come a batch at a time, not slot by slot.</p>
      )}
      {meter !== undefined && bounds && (
        <Period
          household={household}
          meter={meter}
          view={view}
          date={shown.value.date ?? lastWholeDay(bounds, household.zone)}
          bounds={bounds}
          shown={shown}
        />
      )}
      {meter !== undefined && <LookForNew household={household} />}
      <ServerKnows>
        it keeps these readings encrypted and sent them so. It can tell which slots they are of, not what is in them: they were opened here,
        with a key that exists on your devices only.
      </ServerKnows>
    </>
  )
}

/** First and last local date, and the moments between which batches have come; seconds since 1970, half-open. */
interface Bounds {
  readonly first: LocalDate
  readonly last: LocalDate
  readonly from: number
  readonly until: number
}

/** Finds the local dates of a meter's first and last slot. */
function boundsOf(household: Household, meter: string): Bounds | undefined {
  const { zone, slotSeconds } = household
  const own = household.batches.value.filter(({ meterId }) => meterId === meter)
  if (own.length === 0) return undefined
  const from = Math.min(...own.map(({ firstSlot }) => firstSlot)) * slotSeconds
  const until = Math.max(...own.map(({ firstSlot, slots }) => firstSlot + slots)) * slotSeconds
  return { first: dateIn(zone, from), last: dateIn(zone, until - 1), from, until }
}

/** Gives the last date of which all slots have come; the last at all where there is none. */
function lastWholeDay({ first, last, until }: Bounds, zone: string): LocalDate {
  const isWhole = startOfDay(zone, addDays(last, 1)) <= until
  return isWhole || first === last ? last : addDays(last, -1)
}

function MeterChoice({ household, shown }: { readonly household: Household; readonly shown: Signal<Shown> }): JSX.Element {
  return (
    <div class="field">
      <label for="meter">Meter</label>
      <select
        id="meter"
        value={shown.value.meter ?? household.meters[0]}
        onChange={event => {
          shown.value = { view: shown.value.view, meter: event.currentTarget.value }
        }}
      >
        {household.meters.map(id => (
          <option value={id} key={id}>
            {id.slice(0, 12)}…
          </option>
        ))}
      </select>
    </div>
  )
}

interface PeriodProps {
  readonly household: Household
  readonly meter: string
  readonly view: View
  readonly date: LocalDate
  readonly bounds: Bounds
  readonly shown: Signal<Shown>
}

function Period({ household, meter, view, date, bounds, shown }: PeriodProps): JSX.Element {
  const { zone, slotSeconds } = household
  const span = spanOf(view, date, zone)
  const [from, until] = [Math.ceil(span.from / slotSeconds), Math.ceil(span.until / slotSeconds)]
  const opened = useLoaded(async () => await household.open(meter, from, until), `${household.list.value} ${meter} ${from} ${until}`)
  const buckets = bucketsOf(household.spans(meter), slotSeconds, stepsOf(view, span, zone, slotSeconds), span.until)
  const numbers = household.numbersOf(meter, from, until)
  const go = (change: Partial<Shown>): void => {
    shown.value = { ...shown.value, date, ...change }
  }
  const decrypting = numbers.some(number => {
    const batch = household.batches.value[number]
    return batch?.readings === undefined && batch?.refused === undefined
  })
  return (
    <>
      <div class="chooser">
        <fieldset>
          <legend class="visually-hidden">Show by</legend>
          {VIEWS.map(({ view: each, name }) => (
            <button type="button" key={each} aria-pressed={each === view} onClick={() => go({ view: each })}>
              {name}
            </button>
          ))}
        </fieldset>
        <div class="steps">
          <button type="button" onClick={() => go({ date: step(view, date, -1) })} disabled={span.first <= bounds.first}>
            Previous {view}
          </button>
          <button type="button" onClick={() => go({ date: step(view, date, 1) })} disabled={span.after > bounds.last}>
            Next {view}
          </button>
        </div>
      </div>
      <h2 aria-live="polite">{spanText(view, span)}</h2>
      <ProblemText text={opened.problem} />
      {decrypting ? (
        <p role="status">Decrypting your readings …</p>
      ) : (
        <Figures household={household} meter={meter} view={view} span={span} buckets={buckets} bounds={bounds} />
      )}
      <Signatures household={household} numbers={numbers} />
    </>
  )
}

interface FiguresProps {
  readonly household: Household
  readonly meter: string
  readonly view: View
  readonly span: LocalSpan
  readonly buckets: readonly Bucket[]
  readonly bounds: Bounds
}

function Figures({ household, meter, view, span, buckets, bounds }: FiguresProps): JSX.Element {
  const { zone, slotSeconds } = household
  // Looks for gaps only where readings have come: a day of the future has none.
  const [from, until] = [Math.max(span.from, bounds.from), Math.min(span.until, bounds.until)]
  const expected = Math.max(0, Math.ceil(until / slotSeconds) - Math.ceil(from / slotSeconds))
  const spans = household.spans(meter)
  const total = totalOf(buckets)
  const lanes = lanesShown(spans)
  return (
    <>
      <Totals total={total} lanes={lanes} expected={expected} slotSeconds={slotSeconds} />
      {total.measured === 0 ? (
        <p>There are no readings of {view === 'day' ? dateText(span.first) : spanText(view, span)}.</p>
      ) : (
        // Draws quantities of one unit on one axis.
        [...new Set(lanes.map(unitOf))].map(unit => (
          <EnergyChart
            key={unit}
            lanes={lanes.filter(lane => unitOf(lane) === unit)}
            view={view}
            span={span}
            buckets={buckets}
            household={household}
            bounds={bounds}
          />
        ))
      )}
      <p class="muted">
        {[
          ...(clockChanges(span) ? ['The clock changes in this period, so a day of it has an hour more or less.'] : []),
          ...(span.from < bounds.from ? [`Your readings begin on ${momentText(bounds.from, zone)}.`] : []),
          ...(span.until > bounds.until ? [`What your meter measures from ${momentText(bounds.until, zone)} on has not come yet.`] : [])
        ].join(' ')}
      </p>
      <Missing runs={missingIn(spans, slotSeconds, from, until)} zone={zone} />
    </>
  )
}

interface TotalsProps {
  readonly total: ReturnType<typeof totalOf>
  readonly lanes: readonly string[]
  /** Number of slots that should have been measured. */
  readonly expected: number
  readonly slotSeconds: number
}

function Totals({ total, lanes, expected, slotSeconds }: TotalsProps): JSX.Element {
  return (
    <dl class="totals">
      {lanes.map(lane => (
        <div key={lane}>
          <dt>{laneName(lane)}</dt>
          <dd>
            <span class="big">{total.measured === 0 ? '–' : kilowattHours(total.wattHours.get(lane) ?? 0n)}</span> {unitOf(lane)}
          </dd>
        </div>
      ))}
      <div>
        <dt>Measured</dt>
        <dd>
          <span class="big">{total.measured.toLocaleString('en-GB')}</span> of {expected.toLocaleString('en-GB')} slots of{' '}
          {slotLength(slotSeconds)}
        </dd>
      </div>
    </dl>
  )
}

/** Lists the measured lanes; one that leaves the home only where some slot has it. */
function lanesShown(spans: readonly Span[]): string[] {
  const all = [...new Set(spans.flatMap(({ lanes }) => lanes))]
  const some = (lane: string): boolean =>
    spans.some(({ lanes, readings }) => readings.some(each => (each?.[lanes.indexOf(lane)] ?? 0n) > 0n))
  return all.filter(lane => quantityOf(lane).sign === 1 || some(lane))
}

/** Tells whether days of a span are longer or shorter than 24 hours. */
function clockChanges({ from, until }: LocalSpan): boolean {
  return until - from !== Math.round((until - from) / 86_400) * 86_400
}

type ChartProps = Omit<FiguresProps, 'meter'> & { readonly lanes: readonly string[] }

function EnergyChart({ lanes, household, view, span, buckets, bounds }: ChartProps): JSX.Element {
  const { zone, slotSeconds } = household
  const per = view === 'day' ? `slot of ${slotLength(slotSeconds)}` : (VIEWS.find(each => each.view === view)?.per ?? '')
  const series = lanes.map(lane => ({
    label: laneName(lane),
    bars: true,
    // Points what is fed in downwards, so that both are seen.
    values: buckets.map(({ wattHours }) => inKilowattHours(wattHours.get(lane), quantityOf(lane).sign))
  }))
  const inPart = new Set(buckets.filter(({ measured, slots }) => measured > 0 && measured < slots).map(bucket => bucket.from))
  const showTime = (seconds: number): string => {
    const clock = clockText(seconds, zone, clockChanges(span))
    if (view === 'day') return clock
    const when = view === 'month' ? shortDay(seconds, zone) : `${shortDay(seconds, zone)}, ${clock}`
    return inPart.has(seconds) ? `${when} (in part)` : when
  }
  const down = lanes.some(lane => quantityOf(lane).sign === -1)
  return (
    <Chart
      title={down ? 'Energy drawn from the grid; below zero, fed into it' : lanes.map(laneName).join(', ')}
      unit={`${unitOf(lanes[0] ?? IMPORT_LANE)} per ${per}`}
      x={buckets.map(bucket => bucket.from)}
      series={series}
      height={260}
      zone={zone}
      show={value => String(Math.abs(Math.round(value * 1000) / 1000))}
      showTime={showTime}
      showNone={seconds => (seconds >= bounds.until ? 'not yet' : '–')}
      timeHeading={`${view === 'month' ? 'Day' : view === 'week' ? 'Hour from' : 'Slot from'} (${zone})`}
    />
  )
}

/** Converts to kWh; null where nothing was measured, since a gap is no zero. */
function inKilowattHours(wattHours: bigint | undefined, sign: 1 | -1): number | null {
  return wattHours === undefined ? null : (sign * Number(wattHours)) / 1000 || 0
}

function slotLength(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} s`
  return seconds === 3600 ? 'an hour' : `${seconds / 60} minutes`
}
