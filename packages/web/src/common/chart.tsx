// Charts over time, each with the same figures as a table.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { ChartLegend, ChartTable, colourOf, DASH } from './chart-parts.tsx'
import { minuteIn } from './local-time.ts'
import { colour, useScheme } from './use-scheme.ts'

interface ChartSeries {
  readonly label: string
  /** Values, one a point; null is drawn as a gap. */
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
  readonly bars?: boolean
  /** True where the line is drawn as steps, which suit energy per slot. */
  readonly steps?: boolean
}

export interface ChartProps {
  readonly title: string
  /** Unit of the values, such as kWh per slot. */
  readonly unit: string
  /** Start of each slot, seconds since 1970, UTC. */
  readonly x: readonly number[]
  readonly series: readonly ChartSeries[]
  /** Height of the plot, px. */
  readonly height?: number
  /** Least height of the axis, so that charts side by side have one scale. */
  readonly most?: number
  /** IANA time zone of the times shown. */
  readonly zone?: string
  /** Writes a value in the table and on the axis. */
  readonly show?: (value: number) => string
  /** Writes a time in the table. */
  readonly showTime?: (seconds: number) => string
  /** Writes what stands in the table where a value is none; a dash unless said. */
  readonly showNone?: (seconds: number) => string
  /** Heading of the table's first column. */
  readonly timeHeading?: string
}

const LEAST_WIDTH = 200
/** Room around a bar that is alone, s. */
const HALF_DAY = 43_200

/** Draws lines or bars over time on a canvas, and the same figures as a table. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, unit, x, series, height = 220, zone = 'UTC', most = 0 } = props
  const show = props.show ?? plain
  const showTime = props.showTime ?? (seconds => minuteIn(zone, seconds))
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const scheme = useScheme()
  const shape = series.map(({ label, dashed, bars, steps }) => [label, dashed, bars, steps].join()).join(';')
  const latest = useRef({ show, data: [] as unknown as uPlot.AlignedData })
  latest.current = { show, data: drawnData(x, series) }

  // Makes the plot anew only for a change of its make-up; data has its own effect.
  useEffect(() => {
    const host = place.current
    if (!host) return
    const width = Math.max(LEAST_WIDTH, host.clientWidth)
    const made = new uPlot(
      optionsOf({ series, unit, width, height, zone, most, show: value => latest.current.show(value) }),
      latest.current.data,
      host
    )
    plot.current = made
    const sized = new ResizeObserver(() => {
      const now = Math.max(LEAST_WIDTH, host.clientWidth)
      if (now !== made.width) made.setSize({ width: now, height })
    })
    sized.observe(host)
    return () => {
      sized.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [scheme, shape, unit, height, zone, most])

  useEffect(() => plot.current?.setData(latest.current.data), [x, series])

  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="muted">({unit})</span>
      </figcaption>
      <div class="chart-plot" ref={place} role="img" aria-label={`${title}, ${unit}: chart; the same figures are in the table below`} />
      {series.length > 1 && <ChartLegend series={series} />}
      <ChartTable
        title={title}
        unit={unit}
        heading={props.timeHeading ?? `slot start (${zone})`}
        rows={x.map(showTime)}
        series={series}
        show={show}
        {...(props.showNone && { none: (row: number) => props.showNone?.(x[row] ?? 0) ?? '–' })}
      />
    </figure>
  )
}

/** Repeats the last value of steps where its slot ends, since it would have no width otherwise. */
function drawnData(x: ChartProps['x'], series: ChartProps['series']): uPlot.AlignedData {
  const data = [[...x], ...series.map(({ values }) => [...values])]
  const [last, before] = [x.at(-1), x.at(-2)]
  if (last !== undefined && before !== undefined && series.some(({ steps }) => steps)) {
    for (const values of data) values.push(values.at(-1) ?? null)
    const [times] = data
    if (times) times[x.length] = 2 * last - before
  }
  return data as uPlot.AlignedData
}

interface Drawn extends Pick<ChartProps, 'series' | 'unit'> {
  readonly width: number
  readonly height: number
  readonly zone: string
  readonly most: number
  readonly show: (value: number) => string
}

function optionsOf({ series, unit, width, height, zone, most: atLeast, show }: Drawn): uPlot.Options {
  const [ink, line] = [colour('--muted'), colour('--line')]
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '12px system-ui, sans-serif' }
  return {
    width,
    height,
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), zone),
    fmtDate: format => uPlot.fmtDate(isoFormat(format)),
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: {
      y: { range: (_, least, most) => rangeOf(least, Math.max(most ?? 0, atLeast)) },
      ...(series.some(({ bars }) => bars) && { x: { range: (plot: uPlot) => aroundBars(plot.data[0]) } })
    },
    axes: [axis, { ...axis, label: unit, labelFont: '12px system-ui, sans-serif', size: 64, values: (_, values) => values.map(show) }],
    series: [
      {},
      ...series.map(({ label, dashed, bars, steps }, i): uPlot.Series => {
        const stroke = colour(colourOf(i))
        const paths = bars ? uPlot.paths.bars?.({ size: [0.8] }) : steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined
        return {
          label,
          stroke,
          width: 2,
          points: { show: false },
          spanGaps: false,
          ...(dashed && { dash: DASH }),
          ...(bars && { fill: stroke }),
          ...(paths && { paths })
        }
      })
    ]
  }
}

/** Widens the axis by half a step on either side, so that the first and the last bar are whole. */
function aroundBars(x: ArrayLike<number>): [number, number] {
  const [first, last] = [x[0] ?? 0, x[x.length - 1] ?? 1]
  const half = x.length > 1 ? (last - first) / (x.length - 1) / 2 : HALF_DAY
  return [first - half, last + half]
}

/** Rewrites uPlot's own formats, which are American: months first, hours of twelve. */
function isoFormat(format: string): string {
  return format
    .replace('{M}/{D}/{YY}', '{YYYY}-{MM}-{DD}')
    .replace('{M}/{D}', '{MM}-{DD}')
    .replace('{h}{aa}', '{HH}:00')
    .replace('{h}:{mm}{aa}', '{HH}:{mm}')
}

/** Sets the axis from zero, since it shows a quantity of energy, with a little air above. */
function rangeOf(least: number | null, most: number | null): [number, number] {
  const [from, to] = [Math.min(0, least ?? 0), Math.max(0, most ?? 0)]
  const air = (to - from || 1) * 0.06
  return [from < 0 ? from - air : 0, to + air]
}

function plain(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}
