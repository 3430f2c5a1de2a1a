import { configDefaults, defineConfig } from 'vitest/config'

const ALL = [
  'packages/*/test/**/*.test.ts',
  'topology/test/**/*.test.ts',
  'nodes/*/test/**/*.test.ts',
  'scripts/test/**/*.test.ts',
  'test/**/*.test.ts'
]
/** Nodes that keep to their slots in real time: two such files at once would make each other late on a machine with two cores. */
const LIVE = [
  'packages/network/test/**/*.test.ts',
  'scripts/test/{bench,churn,compare,lab-web*,nodes-start}.test.ts',
  'test/browser/*.test.ts',
  'test/{aggregator-killed,hostile-sockets,missed-rosters,secrets}.test.ts',
  'test/{processes,process-inputs,pes-processes,mdms-processes,billing-processes}.test.ts'
]
const common = { testTimeout: 30_000, hookTimeout: 30_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'computed',
          include: ALL,
          exclude: [...configDefaults.exclude, ...LIVE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 }
        }
      },
      { test: { ...common, name: 'live', include: LIVE, maxWorkers: 1, sequence: { groupOrder: 1 } } }
    ]
  }
})
