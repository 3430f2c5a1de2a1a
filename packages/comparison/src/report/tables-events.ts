// Tables of rare events: setting up, and meters that join, leave and crash.

import { spread } from '@hushgrid/lab'
import { type CostMetric, changeCosts, setupCosts } from '../results/costs.ts'
import type { ComparedChange } from '../results/result.ts'
import { type Bearer, type Combination, headlineOf } from '../results/series.ts'
import { numberText, spreadText } from './number-text.ts'
import type { Table } from './table.ts'
import { SPREAD_NOTE } from './tables-costs.ts'

export const CHANGE_KINDS = ['join', 'leave', 'crash'] as const satisfies readonly ComparedChange['kind'][]

export function setupTable(combinations: readonly Combination[]): Table {
  const perMeter = ({ runs, n }: Combination, bearer: Bearer, metric: CostMetric, scale = 1): string =>
    spreadText(spread(setupCosts(runs, bearer, metric)), scale / n)
  return {
    name: 'setup',
    title: 'Setting a neighbourhood up',
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'n', align: 'right' },
      { title: 'degree', align: 'right' },
      { title: 'time', unit: 's', align: 'right' },
      { title: 'meter CPU', unit: 'ms / meter', align: 'right' },
      { title: 'collecting CPU', unit: 'ms / meter', align: 'right' },
      { title: 'on the wire', unit: 'kB / meter', align: 'right' },
      { title: 'payload', unit: 'kB / meter', align: 'right' },
      { title: 'messages', unit: '/ meter', align: 'right' }
    ],
    rows: combinations.map(combination => [
      combination.label,
      numberText(combination.n),
      combination.degree === null ? '–' : numberText(combination.degree),
      spreadText(spread(combination.runs.map(({ setup }) => setup.ms)), 1e-3),
      perMeter(combination, 'meter', 'cpuMs'),
      perMeter(combination, 'collecting', 'cpuMs'),
      perMeter(combination, 'all', 'sentBytes', 1e-3),
      perMeter(combination, 'all', 'sentPayload', 1e-3),
      perMeter(combination, 'all', 'sentMessages')
    ]),
    notes: [
      SPREAD_NOTE,
      'From the first process to the moment when the first slot could begin: processes, connections, keys, enrolment. One value a repeat. Bytes and messages as sent by all roles together.'
    ]
  }
}

export function changesTable(combinations: readonly Combination[]): Table {
  const { combinations: chosen } = headlineOf(combinations)
  return {
    name: 'changes',
    title: 'What a join, a leave and a crash cost beyond steady slots',
    columns: [
      { title: 'mode', align: 'left' },
      { title: 'n', align: 'right' },
      { title: 'change', align: 'left' },
      { title: 'number', align: 'right' },
      { title: 'until done', unit: 'ms', align: 'right' },
      { title: 'CPU', unit: 'ms', align: 'right' },
      { title: 'on the wire', unit: 'B', align: 'right' },
      { title: 'payload', unit: 'B', align: 'right' },
      { title: 'messages', align: 'right' },
      { title: 'key agreements', align: 'right' },
      { title: 'slots lost', align: 'right' }
    ],
    rows: chosen.flatMap(({ label, n, runs }) =>
      CHANGE_KINDS.flatMap(kind => {
        const of = (metric: Parameters<typeof changeCosts>[2]): string => spreadText(spread(changeCosts(runs, kind, metric)))
        const lost = changeCosts(runs, kind, 'lostSlots')
        if (lost.length === 0) return []
        return [
          [
            label,
            numberText(n),
            kind,
            String(lost.length),
            of('ms'),
            of('extraCpuMs'),
            of('extraBytes'),
            of('extraPayload'),
            of('extraMessages'),
            of('keyAgreements'),
            of('lostSlots')
          ]
        ]
      })
    ),
    notes: [
      SPREAD_NOTE,
      'All roles together, over the slots in which the change showed, less as many median steady slots; below zero where the difference is smaller than what slots vary by, or where a member less costs less. A crash is waited for by nobody. Key agreements are those of all meters.'
    ]
  }
}
