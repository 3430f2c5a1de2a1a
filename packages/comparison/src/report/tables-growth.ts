// Tables of the costs' growth with n, and of its extrapolation to a country.
import { EXTRAPOLATED_METERS, type Extrapolated, extrapolate } from '../results/extrapolation.ts'
import { type GrowthMetric, growthRows, LEAST_SIZES } from '../results/growth.ts'
import { bearerName, type Combination } from '../results/series.ts'
import { estimateText, exponentText, numberText } from './number-text.ts'
import type { Table } from './table.ts'

const METRIC_NAMES: Readonly<Record<GrowthMetric, string>> = { cpuMs: 'CPU', wireBytes: 'bytes' }
const GIGABYTE = 1e9

const list = (numbers: readonly number[]): string => numbers.map(numberText).join(', ')

export function growthTable(combinations: readonly Combination[]): Table {
  return {
    name: 'growth',
    title: 'Growth: exponent b of cost per reading = a · n^b',
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'role', align: 'left' },
      { title: 'cost', align: 'left' },
      { title: 'n measured', align: 'left' },
      { title: 'degree', align: 'left' },
      { title: 'runs', align: 'right' },
      { title: 'exponent (95 % interval)', align: 'left' },
      { title: 'R²', align: 'right' }
    ],
    rows: growthRows(combinations).map(({ label, bearer, metric, degrees, growth }) => [
      label,
      bearerName(bearer),
      METRIC_NAMES[metric],
      list(growth.sizes),
      degrees.length === 0 ? '–' : list(degrees),
      String(growth.points),
      growth.kind === 'fitted' ? exponentText(growth.exponent) : growth.reason,
      growth.kind === 'fitted' && Number.isFinite(growth.rSquared) ? growth.rSquared.toFixed(2) : '–'
    ]),
    notes: [
      'An exponent of 0 means that a reading costs the same however many meters there are, so that the whole slot grows in proportion to n; 1 means that each reading’s cost grows in proportion to n.',
      `Ordinary least squares on the logarithms, one point a run (the median of its steady slots), 95 % interval by Student’s t; from ${LEAST_SIZES} sizes on. Bytes are sent and received. Where several degrees stand beside the sizes, a meter had more mask neighbours in a larger neighbourhood, and the exponent holds that growth too.`
    ]
  }
}

const extrapolated = (figure: Extrapolated | string, scale = 1): string => {
  if (typeof figure === 'string') return '–'
  const { value, low, high } = figure
  return estimateText({ value: value * scale, low: low * scale, high: high * scale })
}

/** Names the basis of both figures of a row. */
function basisText(coreHours: Extrapolated | string, bytes: Extrapolated | string): string {
  const bases = [coreHours, bytes].map(figure => (typeof figure === 'string' ? figure : figure.basis))
  const [cpu = '', wire = ''] = bases
  return cpu === wire ? cpu : `CPU: ${cpu}; bytes: ${wire}`
}

export function extrapolationTable(combinations: readonly Combination[]): Table {
  return {
    name: 'extrapolation',
    title: `EXTRAPOLATION, not measured: a day of ${numberText(EXTRAPOLATED_METERS)} meters in many neighbourhoods`,
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'role', align: 'left' },
      { title: 'meters each', align: 'right' },
      { title: 'neighbourhoods', align: 'right' },
      { title: 'CPU', unit: 'core-hours / day', align: 'right' },
      { title: 'bytes', unit: 'GB / day', align: 'right' },
      { title: 'made from', align: 'text' }
    ],
    rows: extrapolate(combinations).map(({ label, bearer, size, neighbourhoods, coreHours, bytes }) => [
      label,
      bearerName(bearer),
      String(size),
      numberText(neighbourhoods),
      extrapolated(coreHours),
      extrapolated(bytes, 1 / GIGABYTE),
      basisText(coreHours, bytes)
    ]),
    notes: [
      'Cost of a reading in a neighbourhood of that size × slots of a day × meters, of all processes of the role in all neighbourhoods, on processors like the one measured; bytes sent and received. Measured size: median (first to third quartile). Fit: the fitted line (95 % interval of its mean). The fit outside measured n is beyond what the line was fitted to.',
      'What goes by the clock and not by the slot (heartbeats of gossip, pings) is in it for the lab’s short slots only; joins, leaves, setting up and anything above the neighbourhoods are not in it.'
    ]
  }
}
