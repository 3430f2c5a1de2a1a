// The page of a neighbourhood's load: a day, its forecast, the days before.
import type { LatestTotal, Networks, Totals } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { addDays, dateText } from '../../common/local-time.ts'
import { IMPORT_LANE } from '../../common/quantities.ts'
import { lanesOf } from '../lane-load.ts'
import { DayChart } from '../parts/day-chart.tsx'
import { DayChoice } from '../parts/day-choice.tsx'
import { ForecastPanel } from '../parts/forecast-panel.tsx'
import { ALL, Answer, NetworkChoice, NO_NETWORK } from '../parts/parts.tsx'
import { PeaksPanel } from '../parts/peaks-panel.tsx'
import { SideBySide } from '../parts/side-by-side.tsx'
import { useDesk, useJson } from '../session/session.ts'
import { dateOf, instant, startOfDay } from '../times.ts'
import { laneName } from '../words.ts'

export function LoadPage(): JSX.Element {
  const networks = useJson<Networks>('/api/networks')
  const [chosen, choose] = useState<string>()
  return (
    <Answer of={networks} what="the neighbourhoods">
      {known => {
        const network = known.find(each => each.network === chosen) ?? known[0]
        if (!network) return <p class="panel">{NO_NETWORK}</p>
        const choice = known.length > 1 && (
          <NetworkChoice networks={known} network={chosen === ALL ? ALL : network.network} choose={choose} beside />
        )
        if (choice && chosen === ALL) return <SideBySide networks={known} choice={choice} />
        return <Neighbourhood key={network.network} network={network.network} slotSeconds={network.slotSeconds} choice={choice} />
      }}
    </Answer>
  )
}

interface Props {
  readonly network: string
  readonly slotSeconds: number
  readonly choice: JSX.Element | false
}

/** Shows one neighbourhood on one day, at first on the last that has a total. */
function Neighbourhood({ network, slotSeconds, choice }: Props): JSX.Element {
  const { zone } = useDesk()
  const latest = useJson<LatestTotal>(`/api/networks/${encodeURIComponent(network)}/latest`)
  const [date, setDate] = useState<string>()
  const start = latest.value?.start
  useEffect(() => {
    if (start !== undefined && date === undefined) setDate(dateOf(Date.parse(start), zone))
  }, [start])
  return (
    <>
      <h2>Load of {network}</h2>
      <Answer of={latest} what="the last day">
        {({ start: last }) => {
          if (last === undefined) return <p class="panel">There is no total of {network} yet. The first comes once a slot is over.</p>
          const day = date ?? dateOf(Date.parse(last), zone)
          return (
            <>
              <form class="controls no-print" onSubmit={event => event.preventDefault()}>
                {choice}
                <DayChoice day={day} last={dateOf(Date.parse(last), zone)} choose={setDate} />
              </form>
              <Day network={network} slotSeconds={slotSeconds} date={day} />
            </>
          )
        }}
      </Answer>
    </>
  )
}

function Day({
  network,
  slotSeconds,
  date
}: {
  readonly network: string
  readonly slotSeconds: number
  readonly date: string
}): JSX.Element {
  const { zone } = useDesk()
  const [lane, setLane] = useState(IMPORT_LANE)
  const [from, until, after] = [0, 1, 2].map(days => startOfDay(addDays(date, days), zone)) as [number, number, number]
  const path = `/api/networks/${encodeURIComponent(network)}`
  const totals = useJson<Totals>(`${path}/totals?from=${instant(from)}&until=${instant(after)}`)
  return (
    <>
      <section class="panel">
        <h3>{dateText(date, true)}</h3>
        <Answer of={totals} what="the day’s totals">
          {both => {
            const lanes = [...new Set([lane, ...lanesOf(both)])].sort()
            return (
              <>
                {lanes.length > 1 && (
                  <div class="field no-print">
                    <label for="lane">Energy</label>
                    <select id="lane" value={lane} onChange={event => setLane(event.currentTarget.value)}>
                      {lanes.map(each => (
                        <option key={each} value={each}>
                          {laneName(each)}
                        </option>
                      ))}
                    </select>
                  </div>
                )}
                <DayChart totals={both} slotSeconds={slotSeconds} lane={lane} from={from} until={until} />
                <p class="no-print">
                  <a href={`${path}/totals.csv?from=${instant(from)}&until=${instant(until)}`} download={`${network}-${date}.csv`}>
                    This day as CSV
                  </a>
                </p>
              </>
            )
          }}
        </Answer>
      </section>
      <ForecastPanel path={path} lane={lane} until={until} slotSeconds={slotSeconds} measured={totals.value} />
      <PeaksPanel path={path} lane={lane} until={until} slotSeconds={slotSeconds} />
    </>
  )
}
