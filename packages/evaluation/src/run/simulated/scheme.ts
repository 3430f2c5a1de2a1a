// The literature's schemes in virtual time.
import { SCHEMES, type SchemeCounts, type SchemeName } from '@hushgrid/schemes'
import { applyChurn, KEPT_SCHEME_RECORDS, SimulatedScheme } from '@hushgrid/simulator'
import type { SimulatedContender } from './contender.ts'
import { VARIANTS } from './variants.ts'

/** Gives the contender of a scheme that yields totals, or of a variant. */
export function ofScheme(name: string): SimulatedContender {
  const { scheme: base, options } = VARIANTS[name] ?? { scheme: name as SchemeName, options: {} }
  return {
    name,
    open: ({ point: { bits, degree }, facts, keyFor }) => {
      const own = { ...options, ...(bits !== null && { bits }), ...(degree !== null && { degree }), ...(keyFor && { keyFor }) }
      const scheme = SCHEMES[base](own)
      const neighbourhood = new SimulatedScheme(scheme, facts)
      const kept = Object.keys(scheme.roles).map(role => [role, { records: KEPT_SCHEME_RECORDS }])
      return {
        ...{ neighbourhood, violations: neighbourhood.violations, noisy: scheme.facts.noisy, bounds: Object.fromEntries(kept) },
        apply: plan => applyChurn(neighbourhood, plan),
        keyAgreements: () => neighbourhood.costs.total().work['key-agreement'],
        work: () => new Map([...neighbourhood.counts()].map(([role, counts]) => [role, operations(counts)]))
      }
    }
  }
}

/** Gives the counts of operations by kind, those of signing and checking every message among them. */
function operations({ work, signatures, verifications }: SchemeCounts): Readonly<Record<string, number>> {
  return { ...work, signature: signatures, verification: verifications }
}
