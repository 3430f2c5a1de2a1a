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

export function tablesOf(combinations: readonly Combination[]): Readonly<Record<TableName, Table>> {
  return Object.fromEntries(TABLE_NAMES.map(name => [name, MAKERS[name](combinations)])) as Record<TableName, Table>
}
