// The forecast of the next day.
import type { Forecast, ForecastScore, NextDay, Totals } from '@hushgrid/web-api'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { Chart } from '../../common/chart.tsx'
import { dateText } from '../../common/local-time.ts'
import { unitOf } from '../../common/quantities.ts'
import { useDesk, useJson } from '../session/session.ts'
import { instant } from '../times.ts'
import { counted, energy, kilowattHours, percent } from '../words.ts'
import { Answer, Table } from './parts.tsx'

interface Props {
  /** Path of the network's routes. */
  readonly path: string
  readonly lane: string
  /** Moment after which nothing is known to the forecast; ms, UTC. */
  readonly until: number
  readonly slotSeconds: number
  /** Totals that include the forecast day, as far as it has been measured. */
  readonly measured: Totals | undefined
}

/** Shows the next day's load, and the errors of such forecasts on days that they did not know. */
export function ForecastPanel({ path, lane, until, slotSeconds, measured }: Props): JSX.Element {
  const { zone } = useDesk()
  const query = new URLSearchParams({ until: instant(until), zone, lane })
  const forecast = useJson<Forecast>(`${path}/forecast?${query}`)
  return (
    <section class="panel">
      <h3>Forecast of the next day</h3>
      <Answer of={forecast} what="the forecast">
        {found =>
          'why' in found ? (
            <p>There is no forecast: {found.why}.</p>
          ) : (
            <Forecasted forecast={found} slotSeconds={slotSeconds} measured={measured} />
          )
        }
      </Answer>
    </section>
  )
}

function Forecasted({
  forecast,
  slotSeconds,
  measured
}: Pick<Props, 'slotSeconds' | 'measured'> & { readonly forecast: NextDay }): JSX.Element {
  const { zone } = useDesk()
  const { slots, lane, date, contributors, coverage, heldBackDates, chosen, baseline } = forecast
  const { x, series } = useMemo(() => {
    const known = new Map(measured?.totals.map(({ slot, wattHours }) => [slot, kilowattHours(wattHours[lane])]))
    const real = slots.map(({ slot }) => known.get(slot) ?? null)
    const of = (name: 'wattHours' | 'lower' | 'upper'): number[] => slots.map(each => each[name] / 1000)
    const lines = [
      { label: 'Forecast', values: of('wattHours') },
      { label: 'Band, lower end', values: of('lower'), dashed: true },
      { label: 'Band, upper end', values: of('upper'), dashed: true }
    ]
    return {
      x: slots.map(({ start }) => Date.parse(start) / 1000),
      series: real.some(value => value !== null) ? [{ label: 'Measured', values: real, steps: true }, ...lines] : lines
    }
  }, [forecast, measured])
  const sum = slots.reduce((all, { wattHours }) => all + wattHours, 0)
  const others = [chosen, ...(baseline.model === chosen.model ? [] : [baseline])]
  return (
    <>
      <p>
        {dateText(date, true)}: {energy(sum)} {unitOf(lane)} in all, for {counted(contributors, 'meter')}. The band is made for{' '}
        {percent(coverage.wanted)} of slots; on the held-back days it had {percent(coverage.heldBack)} of them.
      </p>
      <Chart title={`Forecast of ${date}`} unit={`${unitOf(lane)} per slot`} x={x} series={series} zone={zone} />
      <Table
        caption={`Errors on the ${counted(heldBackDates.length, 'held-back day')}, ${heldBackDates[0]} to ${heldBackDates.at(-1)}, none of which chose the model; slots of ${slotSeconds} s`}
        heads={['Model', `#Mean absolute, ${unitOf(lane)}`, `#Root mean square, ${unitOf(lane)}`, '#Mean relative']}
      >
        {others.map(score => (
          <ScoreRow key={score.model} score={score} what={score === chosen ? 'chosen' : 'best rule of thumb'} />
        ))}
      </Table>
      {others.length === 1 && chosen.baseline && <p class="muted">The chosen model is itself the best rule of thumb.</p>}
    </>
  )
}

function ScoreRow({ score, what }: { readonly score: ForecastScore; readonly what: string }): JSX.Element {
  const { mae, rmse, mape } = score.heldBack
  return (
    <tr>
      <th scope="row">
        {score.model} <span class="muted">({what})</span>
      </th>
      <td class="number">{energy(mae)}</td>
      <td class="number">{energy(rmse)}</td>
      <td class="number">{percent(mape)}</td>
    </tr>
  )
}
