// Chart of a day: the total of each slot, kWh, with gaps where slots are lost or withheld.
import type { Totals } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { Chart } from '../../common/chart.tsx'
import { meanUnitOf, unitOf } from '../../common/quantities.ts'
import { laneLoad, meanOf } from '../lane-load.ts'
import { useDesk } from '../session/session.ts'
import { clock } from '../times.ts'
import { counted, energy, kilowattHours, laneName } from '../words.ts'

interface Props {
  readonly totals: Totals
  readonly slotSeconds: number
  readonly lane: string
  /** Start of the day, ms, UTC; `until` is its end. */
  readonly from: number
  readonly until: number
  /** Scale of charts side by side: mean power, since slots may differ in length, up to the highest of all. */
  readonly beside?: { readonly mostKilowatts: number }
}

/** Lists the starts of the slots in [from, until), ms. */
function slotStarts(from: number, until: number, slotSeconds: number): number[] {
  const length = slotSeconds * 1000
  const first = Math.ceil(from / length) * length
  return Array.from({ length: Math.max(0, Math.ceil((until - first) / length)) }, (_, i) => first + i * length)
}

/** Draws the neighbourhood's energy in each slot of a day, and names the slots without a total. */
export function DayChart({ totals, slotSeconds, lane, from, until, beside }: Props): JSX.Element {
  const { zone } = useDesk()
  const { x, values } = useMemo(() => {
    const starts = slotStarts(from, until, slotSeconds)
    const known = new Map(
      totals.totals.map(({ start, wattHours }) => {
        const used = kilowattHours(wattHours[lane])
        return [Date.parse(start), beside && used !== undefined ? meanOf(used, slotSeconds) : used]
      })
    )
    return { x: starts.map(start => start / 1000), values: starts.map(start => known.get(start) ?? null) }
  }, [totals, lane, from, until])
  const within = ({ start }: { readonly start: string }): boolean => Date.parse(start) >= from && Date.parse(start) < until
  const day = totals.totals.filter(within)
  const lost = totals.lost.filter(within)
  if (day.length === 0 && lost.length === 0) return <p>There is no total of this day, and no lost slot.</p>
  const { measured, wattHours, withheld } = laneLoad(day, lane)
  const meters = measured.map(({ contributors }) => contributors)
  const [least, most] = [Math.min(...meters), Math.max(...meters)]
  return (
    <>
      {measured.length > 0 && (
        <p>
          {energy(wattHours)} {unitOf(lane)} in {counted(measured.length, 'slot')} of {slotSeconds} s,{' '}
          {least === most ? least : `${least} to ${most}`} meters in each.
        </p>
      )}
      <Chart
        title={laneName(lane)}
        unit={beside ? `${meanUnitOf(lane)}, mean of a slot` : `${unitOf(lane)} per slot`}
        x={x}
        series={[{ label: 'Total', values, steps: true }]}
        zone={zone}
        {...(beside && { most: beside.mostKilowatts })}
      />
      {withheld.map(({ text, slots }) => (
        <p key={text}>
          {laneName(lane)}, a gap in the chart for {counted(slots, 'slot')}: {text}.
        </p>
      ))}
      <LostSlots lost={lost} zone={zone} />
    </>
  )
}

function LostSlots({ lost, zone }: { readonly lost: Totals['lost']; readonly zone: string }): JSX.Element | null {
  if (lost.length === 0) return null
  return (
    <div class="lost">
      <p>
        <strong class="warn">{counted(lost.length, 'lost slot')}</strong>, a gap in the chart each:
      </p>
      <ul>
        {lost.map(({ slot, start, reason }) => (
          <li key={slot}>
            {clock(start, zone)}: {reason}
          </li>
        ))}
      </ul>
    </div>
  )
}
