// How the tests run: what computes in parallel, what keeps to real time beside its like, what measures alone.
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const ALL = [
  'packages/*/test/**/*.test.ts',
  'topology/test/**/*.test.ts',
  'nodes/*/test/**/*.test.ts',
  'scripts/test/**/*.test.ts',
  'test/**/*.test.ts'
]
/** Files that start hundreds of nodes, block the machine, or count frames or rates: they and another file would spoil each other. */
const ALONE = [
  'scripts/test/{bench,overload}.test.ts',
  'test/browser/lab-page.test.ts',
  'test/hostile-sockets.test.ts',
  'scripts/test/lab-web/lab-web.test.ts',
  'packages/lab/test/run/busy-neighbourhood.test.ts'
]
/** Files whose nodes keep to slots in real time, and mostly wait; beside a file that computes they would be late. */
const LIVE = [
  'packages/network/test/**/*.test.ts',
  'packages/lab/test/contender/live-contenders.test.ts',
  'scripts/test/{churn,compare,live-and-simulated,nodes-start}.test.ts',
  'scripts/test/lab-web/switch.test.ts',
  'test/browser/desk-and-customer.test.ts',
  'test/processes/*.test.ts',
  'test/{docs,missed-rosters,seasons,secrets}.test.ts'
]

/** Files that take over a minute; they go first, so that no worker is left with one at the end. */
const LONGEST = [
  'aggregator-killed',
  'nodes-start',
  'test/docs',
  'compare',
  'processes/pes',
  'services',
  'test/scenarios',
  'random-double-mask',
  'adversaries-double-mask',
  'oracle/members',
  'random-edge-release',
  'store-commands',
  'moved-clocks'
]

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
    // `pnpm coverage`. What child processes run is not counted.
    coverage: {
      provider: 'v8',
      include: ['{packages,nodes}/*/src/**/*.{ts,tsx}', '{scripts,topology}/src/**/*.ts'],
      exclude: ['packages/messages/src/pb/**'],
      reporter: ['text-summary', 'html']
    },
    projects: [
      {
        test: {
          ...patience(90_000),
          name: 'computed',
          include: ALL,
          exclude: [...exclude, ...LIVE, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 }
        }
      },
      { test: { ...patience(60_000), name: 'live', include: LIVE, maxWorkers: 3, sequence: { groupOrder: 1 } } },
      { test: { ...patience(60_000), name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } } }
    ]
  }
})
