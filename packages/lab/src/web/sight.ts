import type { LabSight } from '@hushgrid/web-api'
import type { LabPlan } from '../run/plan.ts'

const METER: LabSight = { role: 'meter', plaintext: true, sees: "Its own household's reading, and nobody else's." }

const DCNET: readonly LabSight[] = [
  METER,
  {
    role: 'aggregator',
    plaintext: false,
    sees: 'Each reading under masks, indistinguishable from noise; the masks cancel only in the sum of all, which it publishes.'
  },
  { role: 'supplier', plaintext: false, sees: 'The published total of the neighbourhood.' }
]

const REENCRYPT: readonly LabSight[] = [
  METER,
  { role: 'concentrator', plaintext: false, sees: 'Each reading encrypted for the PES, which it passes on and cannot open.' },
  {
    role: 'pes',
    plaintext: true,
    sees: "Every single reading, for the moment in which it encrypts it under the supplier's key; nothing but its word keeps it from looking."
  },
  { role: 'supplier', plaintext: false, sees: 'Sums only: of a slot over the meters, and of a household over its billing period.' }
]

const DIRECT: readonly LabSight[] = [
  METER,
  { role: 'concentrator', plaintext: false, sees: "Each reading encrypted under the supplier's key, which it passes on and cannot open." },
  {
    role: 'pes',
    plaintext: false,
    sees: 'The same ciphertexts, which it adds up; it has a part of the key, which opens nothing alone.'
  },
  {
    role: 'supplier',
    plaintext: false,
    sees: 'Sums only, opened with the part of the PES and its own: of a slot, and of a billing period.'
  }
]

/** Where plaintext exists. */
export function sightOf({ pes }: Pick<LabPlan, 'pes'>): readonly LabSight[] {
  if (!pes) return DCNET
  return pes.variant === 'direct' ? DIRECT : REENCRYPT
}
