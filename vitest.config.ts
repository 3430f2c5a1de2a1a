import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const ALL = [
  'packages/*/test/**/*.test.ts',
  'topology/test/**/*.test.ts',
  'nodes/*/test/**/*.test.ts',
  'scripts/test/**/*.test.ts',
  'test/**/*.test.ts'
]
/** Hundreds of nodes, frames or rates to count: another file at the same time would be what is measured. */
const ALONE = ['scripts/test/bench.test.ts', 'test/browser/lab-page.test.ts', 'test/hostile-sockets.test.ts']
/** Nodes that keep to their slots in real time, which mostly wait; beside a file that computes they would be late. */
const LIVE = [
  'packages/network/test/**/*.test.ts',
  'scripts/test/{churn,compare,nodes-start}.test.ts',
  'scripts/test/lab-web/**/*.test.ts',
  'test/browser/desk-and-customer.test.ts',
  'test/{aggregator-killed,docs,missed-rosters,secrets}.test.ts',
  'test/{processes,process-inputs,pes-processes,mdms-processes,billing-processes}.test.ts'
]

/** What takes over a minute goes first, so that no worker is left with it at the end. */
const LONGEST = ['aggregator-killed', 'nodes-start', 'compare', 'pes-processes', 'services', 'adversaries-double-mask', 'adversaries']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex(name => moduleId.endsWith(`/${name}.test.ts`))
      return found < 0 ? LONGEST.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

const { exclude } = configDefaults
const patience = (ms: number) => ({ testTimeout: ms, hookTimeout: ms })

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...patience(30_000),
          name: 'computed',
          include: ALL,
          exclude: [...exclude, ...LIVE, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 }
        }
      },
      { test: { ...patience(60_000), name: 'live', include: LIVE, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      { test: { ...patience(60_000), name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } } }
    ]
  }
})
