// Tables that the benchmark prints.
import { counted, tableLines, wrapped, wrappedText } from '@hushgrid/primitives'
import { LEAST_CHANGE, LEAST_CHANGE_OF_ONE_ROUND, type RunComparison, VERDICTS } from './against.ts'
import type { Machine } from './file.ts'
import type { Figure } from './measure.ts'

/** Writes a number with two decimals, or two digits where it is tiny; without decimals from ten on and for whole numbers. */
const short = (value: number): string => {
  const size = Math.abs(value)
  if (Number.isInteger(value)) return String(value)
  if (size >= 10) return value.toFixed(0)
  return size !== 0 && size < 0.1 ? value.toPrecision(2) : value.toFixed(2)
}

const multiple = (ratio: number): string => (ratio === Infinity ? '∞' : ratio < 0.1 && ratio > 0 ? ratio.toPrecision(2) : ratio.toFixed(2))

const measured = ({ value, unit }: Figure): string => `${short(value)} ${unit}`.trim()

function besideFloor({ ratio, floor, gain }: Figure): string {
  if (ratio === undefined) return ''
  const step = gain === undefined ? '' : `; ${gain.toFixed(gain < 10 ? 1 : 0)} × the speed of the step before`
  return `${multiple(ratio)} × ${floor}${step}`
}

function goalText({ goal, ratio, value }: Figure): string {
  if (goal === undefined) return ''
  return `goal ${+short(goal)}: ${(ratio ?? value) <= goal ? 'met' : 'MISSED'}`
}

/** Describes the machine in one line. */
export function machineText({ cpu, cores, memoryBytes, platform, node, openssl }: Machine): string {
  return `${cpu}, ${counted(cores, 'core')}, ${(memoryBytes / 1e9).toFixed(0)} GB, ${platform}, Node.js ${node}, OpenSSL ${openssl}`
}

/** Writes a run: each figure, and below it its value with its middle half, its floor and its goal. */
export function figuresText(figures: readonly Figure[]): string {
  return figures
    .flatMap(each => {
      const { spread, runs } = each
      const half = spread ? ` (${short(spread.q1)} to ${short(spread.q3)})` : ''
      const said = [
        `${measured(each)}${half}`,
        besideFloor(each),
        goalText(each),
        counted(runs, 'run'),
        each.disturbed === undefined ? '' : `DISTURBED: ${each.disturbed}`
      ]
      return [...wrapped(each.name), ...wrapped(said.filter(text => text !== '').join(', '), { first: '  ' })]
    })
    .join('\n')
}

const list = (title: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : ['', `${title}:`, ...names.map(name => `  ${name}`)]

const percent = (part: number): string => `${Math.round(100 * part)} %`

/** Writes a comparison: each figure now and before, their ratio and the verdict; then the figures that cannot be compared. */
export function comparisonText({ figures, appeared, gone, leftOut, otherUnit, machine, remarks }: RunComparison, earlier: string): string {
  const differences = machine.map(({ what, now, before }) => `the machine differs: ${what} ${now} now, ${before} before`)
  const rows = figures.map(({ name, now, before, ratio, floorRatio, verdict }) => [
    name,
    measured(now),
    measured(before),
    ratio === undefined ? '–' : `${multiple(ratio)} ×`,
    floorRatio === undefined ? '' : `${multiple(floorRatio)} ×`,
    verdict
  ])
  const verdicts = VERDICTS.map(of => `${figures.filter(({ verdict }) => verdict === of).length} ${of}`).join(', ')
  return [
    `against ${earlier}`,
    ...[...differences, ...remarks].map(text => `note: ${text}`),
    '',
    ...(rows.length === 0
      ? ['no figure is in both runs']
      : [
          ...tableLines([['figure', 'now', 'before', 'ratio', 'floor', 'verdict'], ...rows]),
          '',
          verdicts,
          `better, worse: middle halves apart and medians by ${percent(LEAST_CHANGE)}; perhaps: one run has no quartiles, by ${percent(LEAST_CHANGE_OF_ONE_ROUND)}; sizes and counts: any difference`,
          'floor: the floor now as a multiple of before; as its floor: the floor moved too, and the figure beside it is what it was'
        ]),
    ...list('new', appeared),
    ...list('gone', gone),
    ...list(
      'in other units',
      otherUnit.map(({ name, now, before }) => `${name}: ${now || 'no unit'} now, ${before || 'no unit'} before`)
    ),
    ...(leftOut.length === 0 ? [] : ['', `not measured now: ${counted(leftOut.length, 'figure')}`])
  ]
    .map(wrappedText)
    .join('\n')
}
