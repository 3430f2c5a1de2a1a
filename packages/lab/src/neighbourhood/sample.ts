import type { HostSample } from '../meters/operation.ts'
import type { LabSample } from './neighbourhood.ts'

/**
 * Adds the hosts' samples up into one.
 *
 * @param drops - drops where readings are collected, which no host counts
 */
export function allTogether(samples: readonly HostSample[], drops: Readonly<Record<string, number>>): LabSample {
  const sum = (of: (sample: HostSample) => number): number => samples.reduce((total, sample) => total + of(sample), 0)
  return {
    cpuMs: sum(sample => sample.cpuMs),
    bytes: sum(sample => sample.bytes),
    rss: sum(sample => sample.rss),
    keyAgreements: sum(sample => sample.keyAgreements),
    agreementsOf: merged(samples.map(sample => sample.agreementsOf)),
    credentialChecks: sum(sample => sample.credentialChecks),
    submissionBytes: sum(sample => sample.submissionBytes),
    submissions: sum(sample => sample.submissions),
    verified: merged(samples.map(sample => sample.verified)),
    drops: merged([...samples.map(sample => sample.drops), drops]),
    stalls: samples.flatMap(sample => sample.stalls)
  }
}

function merged(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const out: Record<string, number> = {}
  for (const each of counts) for (const [key, count] of Object.entries(each)) out[key] = (out[key] ?? 0) + count
  return out
}
