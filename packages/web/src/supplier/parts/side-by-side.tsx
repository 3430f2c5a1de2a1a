// A day of all neighbourhoods side by side. Nothing is added up across them.
import type { LatestTotal, Networks, Totals } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { addDays, dateText, type LocalDate } from '../../common/local-time.ts'
import { IMPORT_LANE, meanUnitOf, unitOf } from '../../common/quantities.ts'
import { lanesOf } from '../lane-load.ts'
import { useDesk, useJsons } from '../session/session.ts'
import { clock, dateOf, instant, startOfDay } from '../times.ts'
import { energy, laneName } from '../words.ts'
import { DayChart } from './day-chart.tsx'
import { DayChoice } from './day-choice.tsx'
import { type DayOfNetwork, dayOf } from './day-of-network.ts'
import { Answer, pathOf, Table } from './parts.tsx'

interface Props {
  readonly networks: Networks
  readonly choice: JSX.Element
}

/** Compares all neighbourhoods on one day, at first on the last that any of them has a total of. */
export function SideBySide({ networks, choice }: Props): JSX.Element {
  const { zone } = useDesk()
  const [chosen, choose] = useState<LocalDate>()
  const latest = useJsons<LatestTotal>(networks.map(({ network }) => `${pathOf(network)}/latest`))
  return (
    <>
      <h2>Load of {networks.length} neighbourhoods, side by side</h2>
      <Answer of={latest} what="the last day">
        {found => {
          const last = found
            .flatMap(({ start }) => start ?? [])
            .map(start => dateOf(Date.parse(start), zone))
            .sort()
            .at(-1)
          if (last === undefined) return <p class="panel">There is no total of any neighbourhood yet.</p>
          const day = chosen ?? last
          return (
            <>
              <form class="controls no-print" onSubmit={event => event.preventDefault()}>
                {choice}
                <DayChoice day={day} last={last} choose={choose} />
              </form>
              <Days networks={networks} date={day} />
            </>
          )
        }}
      </Answer>
    </>
  )
}

function Days({ networks, date }: { readonly networks: Networks; readonly date: LocalDate }): JSX.Element {
  const { zone } = useDesk()
  const [from, until] = [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)]
  const totals = useJsons<Totals>(networks.map(({ network }) => `${pathOf(network)}/totals?from=${instant(from)}&until=${instant(until)}`))
  return (
    <Answer of={totals} what="the day’s totals">
      {found => {
        const lanes = [...new Set([IMPORT_LANE, ...found.flatMap(lanesOf)])].sort()
        return lanes.map(lane => <Lane key={lane} lane={lane} date={date} found={found} from={from} until={until} />)
      }}
    </Answer>
  )
}

interface LaneProps {
  readonly lane: string
  readonly date: LocalDate
  readonly found: readonly Totals[]
  readonly from: number
  readonly until: number
}

function Lane({ lane, date, found, from, until }: LaneProps): JSX.Element {
  const days = found.map(totals => dayOf(totals, lane))
  // Draws all on the scale of the highest, so that heights can be compared.
  const mostKilowatts = Math.max(0, ...days.flatMap(({ highest }) => highest?.meanKilowatts ?? []))
  return (
    <section class="panel">
      <h3>
        {laneName(lane)}, {dateText(date, true)}
      </h3>
      <Table
        caption="Each neighbourhood by itself: nothing is added up across them"
        heads={[
          'Neighbourhood',
          `#${unitOf(lane)}`,
          `#Highest, mean ${meanUnitOf(lane)}`,
          '#At',
          '#Meters',
          '#Slots',
          '#Lost',
          '#Withheld'
        ]}
      >
        {days.map(day => (
          <Row key={day.network} day={day} />
        ))}
      </Table>
      <div class="pair">
        {found.map(totals => (
          <section key={totals.network} aria-label={totals.network}>
            <h4>{totals.network}</h4>
            <DayChart totals={totals} slotSeconds={totals.slotSeconds} lane={lane} from={from} until={until} beside={{ mostKilowatts }} />
          </section>
        ))}
      </div>
    </section>
  )
}

function Row({ day }: { readonly day: DayOfNetwork }): JSX.Element {
  const { zone } = useDesk()
  const { network, measured, wattHours, highest, meters, lost, withheld } = day
  return (
    <tr>
      <th scope="row">{network}</th>
      <td class="number">{measured === 0 ? '–' : energy(wattHours)}</td>
      <td class="number">{highest ? highest.meanKilowatts.toFixed(3) : '–'}</td>
      <td class="number">{highest ? clock(highest.start, zone) : '–'}</td>
      <td class="number">{meters ?? '–'}</td>
      <td class="number">{measured}</td>
      <td class={lost > 0 ? 'number warn' : 'number'}>{lost}</td>
      <td class="number">{withheld}</td>
    </tr>
  )
}
