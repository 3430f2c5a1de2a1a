// Peaks, load duration and typical day of the days before.
import type { LoadDuration, Peaks, Profile } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { addDays } from '../../common/local-time.ts'
import { meanUnitOf, unitOf } from '../../common/quantities.ts'
import { meanOf } from '../lane-load.ts'
import { useDesk, useJson } from '../session/session.ts'
import { dateOf, instant, moment, startOfDay } from '../times.ts'
import { counted, energy, kilowattHours, percent } from '../words.ts'
import { Curve } from './curve.tsx'
import { Answer, Table } from './parts.tsx'

interface Props {
  readonly path: string
  readonly lane: string
  /** End of the days, ms, UTC. */
  readonly until: number
  readonly slotSeconds: number
}

const RANGES = [7, 30, 90, 365] as const
const FIRST_RANGE = 30
const COUNT = 10
const HOURS = [0, 6, 12, 18, 24] as const

/** Shows the highest slots of the days up to the one shown, their load-duration curve, and their typical day. */
export function PeaksPanel({ path, lane, until, slotSeconds }: Props): JSX.Element {
  const { zone } = useDesk()
  const [days, setDays] = useState<number>(FIRST_RANGE)
  const from = startOfDay(addDays(dateOf(until, zone), -days), zone)
  const range = { from: instant(from), until: instant(until), lane }
  const peaks = useJson<Peaks>(`${path}/peaks?${new URLSearchParams({ ...range, count: String(COUNT) })}`)
  const duration = useJson<LoadDuration>(`${path}/duration?${new URLSearchParams(range)}`)
  const profile = useJson<Profile>(`${path}/profile?${new URLSearchParams({ ...range, zone })}`)
  return (
    <section class="panel">
      <h3>The days before</h3>
      <div class="field no-print">
        <label for="days">Up to the end of the day shown</label>
        <select id="days" value={days} onChange={event => setDays(Number(event.currentTarget.value))}>
          {RANGES.map(count => (
            <option key={count} value={count}>
              {count} days
            </option>
          ))}
        </select>
      </div>
      <Answer of={peaks} what="the peaks">
        {found => (
          <>
            <p>
              {energy(found.wattHours)} {unitOf(lane)} in {counted(found.slots, 'slot')}; {counted(found.lost, 'lost slot')}
              {found.withheld ? `; ${counted(found.withheld.slots, 'slot')} ${found.withheld.text}` : ''}.
              {found.loadFactor !== undefined && ` Load factor, the mean slot over the highest: ${found.loadFactor.toFixed(3)}.`}
            </p>
            <PeaksTable peaks={found} zone={zone} slotSeconds={slotSeconds} />
          </>
        )}
      </Answer>
      <div class="pair">
        <Answer of={duration} what="the load-duration curve">
          {({ points }) => (
            <Curve
              title="Load duration"
              unit={`${unitOf(lane)} per slot`}
              x={{
                label: 'part of the slots, %',
                values: points.map(({ share }) => Math.round(share * 1000) / 10),
                ticks: [0, 25, 50, 75, 100]
              }}
              series={[{ label: 'At least', values: points.map(({ wattHours }) => kilowattHours(wattHours) ?? null) }]}
            />
          )}
        </Answer>
        <Answer of={profile} what="the typical day">
          {found => <TypicalDay profile={found} />}
        </Answer>
      </div>
    </section>
  )
}

function PeaksTable({
  peaks,
  zone,
  slotSeconds
}: {
  readonly peaks: Peaks
  readonly zone: string
  readonly slotSeconds: number
}): JSX.Element {
  return (
    <Table
      caption={`The ${peaks.peaks.length} highest slots, times in ${zone}`}
      heads={['Slot start', `#${unitOf(peaks.lane)}`, `#Mean ${meanUnitOf(peaks.lane)}`, '#Of all', '#Meters']}
    >
      {peaks.peaks.map(({ slot, start, wattHours, share, contributors }) => (
        <tr key={slot}>
          <th scope="row" class="moment">
            {moment(start, zone)}
          </th>
          <td class="number">{energy(wattHours)}</td>
          <td class="number">{energy(meanOf(Number(wattHours), slotSeconds))}</td>
          <td class="number">{percent(share)}</td>
          <td class="number">{contributors}</td>
        </tr>
      ))}
    </Table>
  )
}

function TypicalDay({ profile }: { readonly profile: Profile }): JSX.Element | null {
  const { working = [], weekend = [], timeZone } = profile
  if (working.length === 0) return null
  const mean = (slots: NonNullable<Profile['working']>): (number | null)[] => slots.map(slot => kilowattHours(slot.wattHours?.mean) ?? null)
  return (
    <Curve
      title="Typical day"
      unit={`${unitOf(profile.lane)} per slot, mean`}
      x={{
        label: `time of day, ${timeZone}`,
        values: working.map(({ time }) => hoursOf(time)),
        names: working.map(({ time }) => time),
        ticks: HOURS
      }}
      series={[
        { label: 'Working days', values: mean(working) },
        { label: 'Weekends', values: mean(weekend), dashed: true }
      ]}
    />
  )
}

function hoursOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours + minutes / 60
}
