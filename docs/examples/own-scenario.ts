// A scenario of one's own, written in the code: two meters crash, one more joins, and what is expected is checked.
import { checkExpectations, parseScenario, planScenario } from '@hushgrid/scenarios'
import { simulate } from '@hushgrid/simulator'

const scenario = parseScenario(
  `
name: two-crashes
about: Two meters crash for two slots, and a new one joins meanwhile.
seed: two-crashes
members: 24
slots: 6
operations:
  - { at: 1, do: crash, meters: [3, 17], for: 2 }
  - { at: 2, do: join, count: 1 }
# They are back as slot 3 begins to be submitted, and one of them has no reading of it.
expect: { lost: 0, exact: true, recovered: [1, 2, 3] }
`,
  'two-crashes.yaml'
)

const { members, seed, slots, expect } = scenario
const result = simulate({ members, seed }, planScenario(scenario), {
  slots,
  onSlot: ({ slot, submitted, members: all, missing, result }) =>
    console.log(`slot ${slot}: ${submitted} of ${all} submitted, ${missing.length} missing, ${result}`)
})
const failed = checkExpectations(expect, result)
console.log(failed.length === 0 ? 'everything came as expected' : failed.join('\n'))
