// The panel of totals, as a chart and a table.
import type { LabSlot } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { Chart } from '../../common/chart.tsx'
import { unitOf } from '../../common/quantities.ts'
import { laneKwh, laneName, listOf, secondsOf, showBytes, showCount, showDayTime, showKwh, showMs, showTotal } from '../state/figures.ts'
import type { LabStore } from '../state/lab-store.ts'
import { outcomeInWords, outcomeOf } from '../state/tally.ts'
import { StepNumber, TOUR } from './intro.tsx'

const CHART_HEIGHT = 220
const NONE = '–'

/** Shows the true sum, which only the lab knows, against the published total. */
export function TotalsPanel({ store }: { readonly store: LabStore }): JSX.Element {
  const slots = store.slots.value
  const lane = store.lane.value
  const lanes = store.lanes.value
  const x = useMemo(() => slots.map(({ start }) => secondsOf(start)), [slots])
  const series = useMemo(
    () => [
      { label: 'published total', values: slots.map(({ total }) => laneKwh(total, lane)), steps: true },
      { label: 'true sum', values: slots.map(({ expected }) => laneKwh(expected, lane)), dashed: true, steps: true }
    ],
    [slots, lane]
  )
  return (
    <section class="panel totals" id={TOUR.sum} tabIndex={-1} aria-labelledby="totals-heading">
      <div class="panel-head">
        <h2 id="totals-heading">
          <StepNumber number={3} /> True sum and published total
        </h2>
        {lanes.length > 1 && (
          <label>
            <span class="muted">Energy </span>
            <select value={lane} onChange={event => (store.lane.value = event.currentTarget.value)}>
              {lanes.map(code => (
                <option key={code} value={code}>
                  {laneName(code)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p>{reasonOf(store)}</p>
      {slots.length === 0 ? (
        <p class="muted">No slot is over yet.</p>
      ) : (
        <>
          <Chart title={`Neighbourhood, ${laneName(lane)}`} unit={`${unitOf(lane)} per slot`} x={x} series={series} height={CHART_HEIGHT} />
          <Withheld slot={slots.at(-1)} lane={lane} />
          <SlotTable slots={slots} lane={lane} />
        </>
      )}
    </section>
  )
}

/** Says why the published total is the sum of all readings. */
function reasonOf(store: LabStore): string {
  const state = store.state.value
  if (!state) return ''
  const { contender, edges } = state
  return contender.masks
    ? `Each two neighbours share a mask that nobody else knows. One adds it to its reading, the other subtracts it, so that all ${edges.length === 0 ? '' : `${showCount(edges.length)} `}masks cancel where everything is added up, and only the sum of the readings is left.`
    : 'Ciphertexts of Paillier can be multiplied unopened: the product is the encrypted sum, and only that is decrypted for the supplier.'
}

/** Says why the last slot's total lacks the lane. */
function Withheld({ slot, lane }: { readonly slot: LabSlot | undefined; readonly lane: string }): JSX.Element | null {
  const why = slot?.withheld[lane]
  if (!slot || !why) return null
  return (
    <p>
      {showDayTime(slot.start)} UTC: {laneName(lane)} {why.text}.
    </p>
  )
}

function SlotTable({ slots, lane }: { readonly slots: readonly LabSlot[]; readonly lane: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard
    <section class="scroll slots" tabIndex={0} aria-label="Slots, newest first">
      <table>
        <thead>
          <tr>
            <th scope="col">slot start (UTC)</th>
            <th scope="col">result</th>
            <th scope="col" class="number">
              published, {unitOf(lane)}
            </th>
            <th scope="col" class="number">
              true sum, {unitOf(lane)}
            </th>
            <th scope="col" class="number">
              submitted
            </th>
            <th scope="col">missing</th>
            <th scope="col" class="number">
              after end
            </th>
            <th scope="col" class="number">
              CPU
            </th>
            <th scope="col" class="number">
              bytes
            </th>
          </tr>
        </thead>
        <tbody>
          {slots.toReversed().map(slot => (
            <SlotRow key={slot.slot} slot={slot} lane={lane} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function SlotRow({ slot, lane }: { readonly slot: LabSlot; readonly lane: string }): JSX.Element {
  const { missing, recovered } = slot
  return (
    <tr data-slot={slot.slot}>
      <th scope="row">{showDayTime(slot.start)}</th>
      <td>
        <Result slot={slot} />
      </td>
      <td class="number" title={slot.withheld[lane]?.text}>
        {showTotal(slot, lane)}
      </td>
      <td class="number">{showKwh(laneKwh(slot.expected, lane))}</td>
      <td class="number">
        {slot.submitted}/{slot.members}
      </td>
      <td>
        {missing.length === 0 ? NONE : listOf(missing, 5)}
        {recovered > 0 && ` (${recovered} recovered)`}
      </td>
      <td class="number">{slot.sinceEndMs === null ? NONE : showMs(slot.sinceEndMs)}</td>
      <td class="number">{showMs(slot.cpuMs)}</td>
      <td class="number">{showBytes(slot.bytes)}</td>
    </tr>
  )
}

function Result({ slot }: { readonly slot: LabSlot }): JSX.Element {
  const outcome = outcomeOf(slot)
  return <span class={outcome === 'exact' ? 'good' : outcome === 'busy' ? 'warn' : 'bad'}>{outcomeInWords(slot)}</span>
}
