// Churn under which version 1 lost slots for good, shut an honest meter out, or forgot leaves: the shipped scenarios that it
// failed on, and what holds of them beyond what their files expect.
import { loadScenario, shippedScenarios } from '@hushgrid/lab'
import type { ChurnResult } from '@hushgrid/scenarios'
import { laneCodes, type RecoveryMode } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import { watched } from './oracle/watched-simulation.ts'

function run(name: string, recovery?: RecoveryMode): ChurnResult {
  const file = shippedScenarios().find(shipped => shipped.name === name)?.file
  if (file === undefined) throw new Error(`expected a shipped scenario ${name}, got none`)
  const { scenario, network, operations } = loadScenario(file, { recovery })
  const facts = { ...network, lanes: laneCodes(network), seed: scenario.seed }
  const { leaks, result, violations } = watched(facts, operations, scenario.slots)
  expect(leaks).toEqual([])
  expect(violations).toEqual([])
  expect(result.summary.wrong).toBe(0)
  expect(result.faults).toEqual([])
  return result
}

const lost = ({ slots }: ChurnResult): number[] => slots.flatMap(({ result, slot }) => (result === 'total' ? [] : [slot]))

describe('a case that failed', () => {
  it('attrition: every meter is replaced and never says that it leaves, and no slot is lost', () => {
    const result = run('attrition')
    expect(lost(result)).toEqual([])
    expect(result.slots.at(-1)).toMatchObject({ present: 24, submitted: 24, exact: true })
  })

  it('evening-storm: leaves are leaves, and the restart of the aggregator costs nothing', () => {
    const result = run('evening-storm')
    expect(lost(result)).toEqual([])
    expect(result.summary).toMatchObject({ joins: 5, leaves: 2, crashes: 10 })
    expect(result.slots.at(-1)).toMatchObject({ present: 53, submitted: 53, exact: true })
  })

  it('flaky-uplink: an honest meter whose line is down at two deadlines stays', () => {
    const result = run('flaky-uplink')
    // It is named although it has submitted, and says so; double mask needs nobody's word.
    expect(lost(result)).toEqual([2, 5])
    expect(result.slots.every(({ present }) => present === 24)).toBe(true)
    const doubleMask = run('flaky-uplink', 'double-mask')
    expect(lost(doubleMask)).toEqual([])
    expect(doubleMask.slots.every(({ present }) => present === 24)).toBe(true)
  })
})
