// Schemes in a comparison: asked for by name, refused above their bound, written and read back with roles of their own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { COMPARED_MODES } from '../src/contender-names.ts'
import { COMPARED_NAMES } from '../src/contenders.ts'
import { tablesOf } from '../src/report/tables.ts'
import { resultsCsv } from '../src/results/csv.ts'
import { readComparison } from '../src/results/read-comparison.ts'
import type { ComparedResults, ComparedRun } from '../src/results/result.ts'
import { combinationsOf, seriesOf } from '../src/results/series.ts'
import { writeComparison } from '../src/results/write-comparison.ts'
import { comparisonPlan, plannedRuns } from '../src/run/plan.ts'
import { GENERATED_ENVIRONMENT, generatedComparison } from './support/generated-comparison.ts'

const LONG = 60_000
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-schemes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a plan', () => {
  const namesOf = (modes?: readonly string[]) =>
    comparisonPlan({ n: [10], ...(modes && { modes }) }, []).contenders.map(({ facts }) => facts.name)

  it('has the contenders of the house, those of a list in the order of the tables, or all', () => {
    expect(namesOf()).toEqual(COMPARED_MODES)
    expect(namesOf(['vetter', 'plain', 'shi'])).toEqual(['plain', 'shi', 'vetter'])
    expect(namesOf(['all'])).toEqual(COMPARED_NAMES)
    expect(COMPARED_NAMES.length).toBe(COMPARED_MODES.length + 16)
  })

  it('runs schemes with a modulus with each length, and others once', () => {
    const plan = comparisonPlan({ n: [10], modes: ['joye-libert', 'shi'], bits: [2048, 3072] }, [])
    expect(plannedRuns(plan).map(({ contender, bits }) => [contender.facts.name, bits])).toEqual([
      ['shi', 2048],
      ['joye-libert', 2048],
      ['joye-libert', 3072]
    ])
  })

  it('refuses what there is not, and more meters than a scheme takes', () => {
    expect(() => namesOf(['dimitriou'])).toThrow(/--modes: expected one of .*, all, got 'dimitriou'/)
    expect(() => comparisonPlan({ n: [10, 51], modes: ['dimitriou-awad-robust', 'shi'] }, [])).toThrow(
      'dimitriou-awad-robust, n = 51: expected at most 50 meters on live nodes'
    )
    expect(() => comparisonPlan({ n: [51], modes: ['garcia-jacobs'] }, [])).not.toThrow()
  })

  it('gives all the time that the slowest needs', () => {
    const slotMs = (modes: string[]) => comparisonPlan({ n: [10], modes }, []).slotMs
    expect([slotMs(['plain', 'shi']), slotMs(['plain', 'garcia-jacobs'])]).toEqual([1_000, 43_200])
  })
})

/** Results in which a generated run stands for a scheme's, the aggregator's costs for a role's that the house has not. */
function schemeResults(): ComparedResults {
  const made = generatedComparison({ modes: ['plain', 'dcnet'], sizes: [10], repeats: 1, slots: 3 })
  const roles = <T>(of: Readonly<Partial<Record<string, T>>>): Readonly<Partial<Record<string, T>>> =>
    Object.fromEntries(Object.entries(of).map(([role, cost]) => [role === 'aggregator' ? 'key-authority' : role, cost]))
  const asScheme = (run: ComparedRun, mode: string, bits: number | null): ComparedRun => ({
    ...run,
    mode,
    bits,
    degree: null,
    slots: run.slots.map(slot => ({ ...slot, roles: roles(slot.roles) })),
    setup: { ...run.setup, roles: roles(run.setup.roles) },
    peakRssBytes: roles(run.peakRssBytes)
  })
  const [plain, ring] = made.runs as [ComparedRun, ComparedRun]
  return {
    ...made,
    runs: [plain, asScheme(ring, 'vetter', null), asScheme(ring, 'joye-libert', 2048), asScheme(ring, 'joye-libert', 3072)]
  }
}

describe('results', { timeout: LONG }, () => {
  const results = schemeResults()

  it('have a series for each length of a scheme, in the order of the contenders', () => {
    expect(seriesOf(combinationsOf(results)).map(({ label }) => label)).toEqual(['plain', 'joye-libert 2048', 'joye-libert 3072', 'vetter'])
  })

  it('are written, and read back with their roles', async () => {
    await writeComparison(folder, results, GENERATED_ENVIRONMENT)
    expect(readComparison(folder).results).toEqual(results)
    expect(resultsCsv(results)).toMatch(/,vetter,.*,key-authority,cpu,ms,/)
    expect(readFileSync(join(folder, 'tables/roles.md'), 'utf8')).toContain('| vetter | 10 | key authority |')
  })

  it('have tables of strength and trust from the facts of schemes', () => {
    const { security, trust } = tablesOf(combinationsOf(results))
    const rows = Object.fromEntries(security.rows.map(([label, ...cells]) => [label, cells]))
    expect(rows['joye-libert 2048']).toEqual([
      'readings: a modulus N of 2048 bits; messages: Ed25519 signatures, X25519 and AES-256-GCM where sealed',
      'a modulus N of 2048 bits ≈ 112, the rest ≈ 128',
      '≈ 112'
    ])
    expect([rows['joye-libert 3072']?.at(-1), rows.vetter?.at(-1)]).toEqual(['≈ 128', '≈ 128'])
    const [, sees, together, besides] = trust.rows.find(([label]) => label === 'vetter') ?? []
    expect(sees).toBe('nobody; the key authority sees all if it hears the messages')
    expect(together).toMatch(/^the key authority with the store/)
    expect(besides).toBe('a dealer makes the keys; a registrar says who is in')
  })
})
