// results.csv and results.parquet: all measured values, one per row, as statistics programs like it.

import { parquetTable, type RoleCost, type RoleName, type TableColumn } from '@hushgrid/lab'
import { stringify } from 'csv-stringify/sync'
import type { ComparedChange, ComparedResults, ComparedRun, ComparedSlot } from './result.ts'
import { isDisturbed } from './verdict.ts'

/** Columns of results.csv and results.parquet; a number of slots, meters or bytes is whole, a value need not be. */
const COLUMNS: readonly TableColumn[] = [
  { name: 'run', type: 'count' },
  { name: 'mode', type: 'text' },
  { name: 'bits', type: 'count' },
  { name: 'n', type: 'count' },
  { name: 'degree', type: 'count' },
  { name: 'repeat', type: 'count' },
  { name: 'slot', type: 'count' },
  { name: 'phase', type: 'text' },
  { name: 'role', type: 'text' },
  { name: 'metric', type: 'text' },
  { name: 'unit', type: 'text' },
  { name: 'value', type: 'number' }
]

type Row = readonly (string | number)[]
type Measured = readonly (readonly [metric: string, unit: string, value: number | null])[]

const costs = (cost: RoleCost): Measured => [
  ['cpu', 'ms', cost.cpuMs],
  ['sent', 'B', cost.sentBytes],
  ['received', 'B', cost.receivedBytes],
  ['sentMessages', 'messages', cost.sentMessages],
  ['receivedMessages', 'messages', cost.receivedMessages],
  ['sentPayload', 'B', cost.sentPayload],
  ['receivedPayload', 'B', cost.receivedPayload]
]

const slotValues = (slot: ComparedSlot): Measured => [
  ['submitted', 'readings', slot.submitted],
  ['missing', 'meters', slot.missing],
  ['recovered', 'meters', slot.recovered],
  ['lost', 'true or false', Number(slot.lost)],
  ['busy', 'true or false', slot.busy === undefined ? null : Number(slot.busy)],
  ['exact', 'true or false', Number(slot.exact)],
  ['withheld', 'lanes', Object.keys(slot.withheld ?? {}).length],
  ['latency', 'ms', slot.latencyMs],
  ['sinceEnd', 'ms', slot.sinceEndMs],
  ['lag', 'ms', slot.lagMs ?? null],
  ['sinceEndProtocol', 'protocol ms', slot.protocolMs ?? null],
  ['sinceEndUnits', 'u', slot.units ?? null],
  ['rounds', 'rounds', slot.rounds ?? null]
]

const changeValues = (change: ComparedChange): Measured => [
  ['duration', 'ms', change.ms],
  ['extraCpu', 'ms', change.extraCpuMs],
  ['extraBytes', 'B', change.extraBytes],
  ['extraMessages', 'messages', change.extraMessages],
  ['extraPayload', 'B', change.extraPayload],
  ['keyAgreements', 'agreements', change.keyAgreements],
  ['lostSlots', 'slots', change.lostSlots]
]

const loadValues = ({ load }: ComparedRun): Measured =>
  load
    ? [
        ['loadAverage', 'programs', load.average.start],
        ['othersCpu', 'cores', load.cores.others],
        ['medianLag', 'ms', load.lagMs.median],
        ['busyMachine', 'true or false', Number(isDisturbed({ load }))]
      ]
    : []

type RoleCosts = Readonly<Partial<Record<RoleName, RoleCost>>>

function rowsOf(run: ComparedRun, index: number): Row[] {
  // A null was not measured, and has no row.
  const rows = (slot: number | '', phase: string, role: string, measured: Measured): Row[] =>
    measured.flatMap(([metric, unit, value]) =>
      value === null ? [] : [[index, run.mode, run.bits ?? '', run.n, run.degree ?? '', run.repeat, slot, phase, role, metric, unit, value]]
    )
  const byRole = (slot: number | '', phase: string, roles: RoleCosts): Row[] =>
    Object.entries(roles).flatMap(([role, cost]) => rows(slot, phase, role, costs(cost)))
  const kinds: Partial<Record<ComparedChange['kind'], number>> = {}
  return [
    ...rows('', 'setup', '', [['duration', 'ms', run.setup.ms]]),
    ...byRole('', 'setup', run.setup.roles),
    ...run.slots.flatMap((slot, i) => [...rows(i, slot.phase, '', slotValues(slot)), ...byRole(i, slot.phase, slot.roles)]),
    ...run.changes.flatMap(change => {
      const number = (kinds[change.kind] ?? 0) + 1
      kinds[change.kind] = number
      return rows('', `${change.kind} ${number}`, '', changeValues(change))
    }),
    ...Object.entries(run.peakRssBytes).flatMap(([role, size]) => rows('', 'run', role, [['peakMemory', 'B', size]])),
    ...rows('', 'run', '', loadValues(run)),
    ...Object.entries(run.drops).flatMap(([reason, count]) => rows('', 'run', '', [[`dropped: ${reason}`, 'messages', count]]))
  ]
}

/**
 * Writes one measured value per row, quoted as RFC 4180 says. `run` is the run's place in results.json, `slot` counts from 0
 * after the warm-up. `phase` is the slot's, `setup`, `run` for values of the whole run, or a change and its number (`join
 * 1`), whose values are its cost beyond the steady slots. `role` is empty where a value belongs to no single role.
 */
export function resultsCsv({ runs }: ComparedResults): string {
  return stringify([COLUMNS.map(({ name }) => name), ...runs.flatMap(rowsOf)])
}

/** Writes the rows of {@link resultsCsv} with their types; an empty cell is null. */
export function resultsParquet({ runs }: ComparedResults): Uint8Array {
  const rows = runs.flatMap(rowsOf)
  return parquetTable(
    COLUMNS,
    rows.map(row => row.map(cell => (cell === '' ? null : cell)))
  )
}
