// Tables of a reading's cost: the headline, all sizes, and role by role.

import { spread } from '@hushgrid/lab'
import { withheldReasons } from '@hushgrid/primitives'
import { type CostMetric, costsPerReading, countSlots, latencies, peaks, protocolLatencies } from '../results/costs.ts'
import { bearerName, type Combination, headlineOf, rolesIn } from '../results/series.ts'
import { numberText, spreadText } from './number-text.ts'
import { strengthOf } from './security.ts'
import type { Column, Table } from './table.ts'

export const SPREAD_NOTE = 'Median (first to third quartile) of what was measured several times; a number alone was measured once.'
const MEGABYTE = 1e6

const number = (title: string, unit?: string): Column => (unit === undefined ? { title, align: 'right' } : { title, unit, align: 'right' })

const costText = (combination: Combination, bearer: Parameters<typeof costsPerReading>[1], metric: CostMetric): string =>
  spreadText(spread(costsPerReading(combination.runs, bearer, metric)))

/** Names the headline's size, for titles. */
const sizeText = (n: number | null): string => (n === null ? 'at the n nearest to 50 of each mode' : `at n = ${n}`)

const COST_COLUMNS: readonly Column[] = [
  { title: 'mode', align: 'left' },
  number('n'),
  number('degree'),
  number('meter CPU', 'ms / reading'),
  number('collecting CPU', 'ms / reading'),
  number('on the wire', 'B / reading'),
  number('payload', 'B / reading'),
  number('after deadline', 'ms')
]

function costCells(combination: Combination): readonly string[] {
  const { label, n, degree, runs } = combination
  return [
    label,
    String(n),
    degree === null ? '–' : String(degree),
    costText(combination, 'meter', 'cpuMs'),
    costText(combination, 'collecting', 'cpuMs'),
    costText(combination, 'all', 'sentBytes'),
    costText(combination, 'all', 'sentPayload'),
    spreadText(spread(latencies(runs)))
  ]
}

const COST_NOTES = [
  'Collecting: all processes that are no meter, the registrar included. On the wire and payload: sent by all roles together, so that each byte counts once. After deadline: real milliseconds from the slot’s deadline to the total where it ends up, below zero where it came before.',
  'CPU, bytes and deadline are of steady slots that have a total; lost slots are of all slots.'
]

const PROTOCOL_NOTE =
  'After end: from the slot’s end to the total by the protocol’s clock, in units u of a sixteenth of a slot. Rounds: message rounds to the total, of which the submissions are the first.'

/** Names the combinations whose totals have a lane withheld, with the reasons. */
function withheldNotes(combinations: readonly Combination[]): readonly string[] {
  const which = combinations.flatMap(({ label, n, runs }) => {
    const totals = runs.flatMap(({ slots }) => slots).filter(({ lost }) => !lost)
    const reasons = totals.flatMap(({ withheld }) => (withheld ? withheldReasons(withheld) : []))
    const counts = Map.groupBy(reasons, reason => reason)
    return [...counts].map(([reason, each]) => `${label} at n = ${n}, ${each.length} of ${totals.length} totals: ${reason}`)
  })
  if (which.length === 0) return []
  return [`Totals with a lane withheld, and readings that cost less where a roster leaves the lane out: ${which.join('. ')}.`]
}

export function headlineTable(combinations: readonly Combination[]): Table {
  const { n, combinations: chosen } = headlineOf(combinations)
  return {
    name: 'headline',
    title: `What a reading costs in each mode, ${sizeText(n)}`,
    columns: [...COST_COLUMNS, number('lost', 'slots'), { title: 'security', unit: 'bits', align: 'left' }],
    rows: chosen.map(combination => {
      const { lost, slots } = countSlots(combination.runs)
      return [...costCells(combination), `${lost} of ${slots}`, strengthOf(combination)]
    }),
    notes: [SPREAD_NOTE, ...COST_NOTES, ...withheldNotes(chosen)]
  }
}

export function sizesTable(combinations: readonly Combination[]): Table {
  return {
    name: 'sizes',
    title: 'What a reading costs, all sizes',
    columns: [
      ...COST_COLUMNS,
      number('after end', 'u'),
      number('rounds'),
      number('slots'),
      number('steady'),
      number('exact'),
      number('recovered'),
      number('lost'),
      number('repeats')
    ],
    rows: combinations.map(combination => {
      const { slots, steady, exact, recovered, lost } = countSlots(combination.runs)
      const after = (['units', 'rounds'] as const).map(of => spreadText(spread(protocolLatencies(combination.runs, of))))
      return [...costCells(combination), ...after, ...[slots, steady, exact, recovered, lost, combination.runs.length].map(String)]
    }),
    notes: [SPREAD_NOTE, ...COST_NOTES, PROTOCOL_NOTE, ...withheldNotes(combinations)]
  }
}

export function rolesTable(combinations: readonly Combination[]): Table {
  const { n, combinations: chosen } = headlineOf(combinations)
  const metrics = ['cpuMs', 'sentBytes', 'receivedBytes', 'sentPayload', 'receivedPayload', 'sentMessages', 'receivedMessages'] as const
  return {
    name: 'roles',
    title: `What a reading costs each role, ${sizeText(n)}`,
    columns: [
      { title: 'mode', align: 'left' },
      number('n'),
      { title: 'role', align: 'left' },
      number('CPU', 'ms'),
      number('sent', 'B'),
      number('received', 'B'),
      number('payload sent', 'B'),
      number('payload received', 'B'),
      number('messages sent'),
      number('messages received'),
      number('peak memory', 'MB')
    ],
    rows: chosen.flatMap(combination =>
      rolesIn(combination.runs).map(role => [
        combination.label,
        numberText(combination.n),
        bearerName(role),
        ...metrics.map(metric => costText(combination, role, metric)),
        spreadText(spread(peaks(combination.runs, role)), 1 / MEGABYTE)
      ])
    ),
    notes: [
      SPREAD_NOTE,
      'All but memory per reading. All meters share one process: its CPU and bytes are divided by the readings in the slot’s total, its memory is that of all meters together.'
    ]
  }
}
