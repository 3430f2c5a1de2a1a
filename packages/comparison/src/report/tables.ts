// The tables of a comparison, in the order in which the report shows them.

import type { Combination } from '../results/series.ts'
import { securityTable, trustTable } from './security.ts'
import type { Table } from './table.ts'
import { headlineTable, rolesTable, sizesTable } from './tables-costs.ts'
import { changesTable, setupTable } from './tables-events.ts'
import { extrapolationTable, growthTable } from './tables-growth.ts'

export const TABLE_NAMES = ['headline', 'sizes', 'roles', 'setup', 'changes', 'growth', 'extrapolation', 'security', 'trust'] as const
export type TableName = (typeof TABLE_NAMES)[number]

const MAKERS: Readonly<Record<TableName, (combinations: readonly Combination[]) => Table>> = {
  headline: headlineTable,
  sizes: sizesTable,
  roles: rolesTable,
  setup: setupTable,
  changes: changesTable,
  growth: growthTable,
  extrapolation: extrapolationTable,
  security: securityTable,
  trust: trustTable
}

/** @param remarks - sentences on the results that stand below every table, wherever it is printed */
export function tablesOf(combinations: readonly Combination[], remarks: readonly string[] = []): Readonly<Record<TableName, Table>> {
  const made = TABLE_NAMES.map(name => {
    const table = MAKERS[name](combinations)
    return [name, { ...table, notes: [...table.notes, ...remarks] }] as const
  })
  return Object.fromEntries(made) as Record<TableName, Table>
}
