// Parts that every chart has beside its plot: the legend of its lines, and the same figures as a table.
import type { JSX } from 'preact'
import { ScrollTable } from './scroll-table.tsx'

/** Colours of the lines, in their order. */
const COLOURS = ['--accent', '--series-2', '--series-3', '--muted'] as const
/** Lengths of dash and gap, px. */
export const DASH = [6, 4]

/** The custom property that holds a line's colour. */
export function colourOf(i: number): (typeof COLOURS)[number] {
  return COLOURS[i % COLOURS.length] ?? '--accent'
}

export function ChartLegend({
  series
}: {
  readonly series: readonly { readonly label: string; readonly dashed?: boolean }[]
}): JSX.Element {
  return (
    <ul class="chart-legend">
      {series.map(({ label, dashed }, i) => (
        <li key={label}>
          <svg width="28" height="8" aria-hidden="true">
            <line
              x1="0"
              y1="4"
              x2="28"
              y2="4"
              stroke={`var(${colourOf(i)})`}
              stroke-width="3"
              {...(dashed && { 'stroke-dasharray': DASH.join(' ') })}
            />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  )
}

interface ChartTableProps {
  readonly title: string
  readonly unit: string
  /** Heading of the first column. */
  readonly heading: string
  /** First cell of each row. */
  readonly rows: readonly string[]
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[]
  readonly show: (value: number) => string
  /** Text in place of a value that is none, by row. */
  readonly none?: (row: number) => string
}

export function ChartTable({ title, unit, heading, rows, series, show, none = () => '–' }: ChartTableProps): JSX.Element {
  return (
    <details>
      <summary>{title} as a table</summary>
      <ScrollTable caption={`${title}, table`} named tall>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            {series.map(({ label }) => (
              <th scope="col" class="number" key={label}>
                {label}, {unit}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {series.map(({ label, values }) => (
                <td class="number" key={label}>
                  {values[i] === null || values[i] === undefined ? none(i) : show(values[i])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </details>
  )
}
