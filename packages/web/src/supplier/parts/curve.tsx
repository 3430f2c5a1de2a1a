// A chart over something other than time.
import type { JSX } from 'preact'
import { ChartLegend, ChartTable, colourOf, DASH } from '../../common/chart-parts.tsx'

interface Line {
  readonly label: string
  /** Values, one a point; null is a gap. */
  readonly values: readonly (number | null)[]
  readonly dashed?: boolean
}

interface Props {
  readonly title: string
  readonly unit: string
  readonly x: {
    readonly label: string
    /** Values of the axis, rising. */
    readonly values: readonly number[]
    /** Names in the table, instead of the values. */
    readonly names?: readonly string[]
    /** Ticks; the first and the last are the ends of the axis. */
    readonly ticks: readonly number[]
  }
  readonly series: readonly Line[]
}

const [WIDTH, HEIGHT] = [480, 220]
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 8, 10, 40]
const TICKS = 4
const STEPS = [1, 2, 2.5, 5, 10] as const
const DIGITS = 3

/** Draws lines over something that is no time, and the same figures as a table. */
export function Curve({ title, unit, x, series }: Props): JSX.Element | null {
  const all = series.flatMap(({ values }) => values.filter(value => value !== null))
  if (all.length === 0 || x.values.length === 0) return null
  const heights = ticksOf(Math.min(0, ...all), Math.max(0, ...all))
  const [least, most] = [heights[0] ?? 0, heights.at(-1) ?? 1]
  const [first, last] = [x.ticks[0] ?? 0, x.ticks.at(-1) ?? 1]
  const across = (value: number): number => LEFT + ((value - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT)
  const up = (value: number): number => HEIGHT - BOTTOM - ((value - least) / (most - least)) * (HEIGHT - TOP - BOTTOM)
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="muted">({unit})</span>
      </figcaption>
      <svg
        class="curve"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${title}, ${unit}: chart; the same figures are in the table below`}
      >
        {heights.map(value => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH - RIGHT} y1={up(value)} y2={up(value)} stroke="var(--line)" />
            <text x={LEFT - 6} y={up(value) + 4} text-anchor="end">
              {rounded(value)}
            </text>
          </g>
        ))}
        {x.ticks.map((value, i) => (
          <text key={value} x={across(value)} y={HEIGHT - BOTTOM + 16} text-anchor={i === x.ticks.length - 1 ? 'end' : 'middle'}>
            {rounded(value)}
          </text>
        ))}
        <text x={(LEFT + WIDTH) / 2} y={HEIGHT - 4} text-anchor="middle">
          {x.label}
        </text>
        {series.map(({ label, values, dashed }, i) => (
          <path
            key={label}
            d={pathOf(
              values,
              value => up(value),
              place => across(x.values[place] ?? first)
            )}
            fill="none"
            stroke={`var(${colourOf(i)})`}
            stroke-width="2"
            {...(dashed && { 'stroke-dasharray': DASH.join(' ') })}
          />
        ))}
      </svg>
      {series.length > 1 && <ChartLegend series={series} />}
      <ChartTable
        title={title}
        unit={unit}
        heading={x.label}
        rows={x.names ?? x.values.map(String)}
        series={series}
        show={value => value.toFixed(DIGITS)}
      />
    </figure>
  )
}

/** Draws a line through the points, with a gap where one is missing. */
function pathOf(values: readonly (number | null)[], up: (value: number) => number, across: (place: number) => number): string {
  let drawn = false
  return values
    .map((value, place) => {
      const command = drawn ? 'L' : 'M'
      drawn = value !== null
      return value === null ? '' : `${command}${across(place).toFixed(1)},${up(value).toFixed(1)}`
    })
    .join('')
}

/** Chooses round numbers from one at or below the least to one at or above the most. */
function ticksOf(least: number, most: number): number[] {
  const about = (most - least) / TICKS || 1
  const power = 10 ** Math.floor(Math.log10(about))
  const step = power * (STEPS.find(each => each * power >= about) ?? 1)
  const [from, to] = [Math.floor(least / step), Math.max(1, Math.ceil(most / step))]
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step)
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(DIGITS)))
}
