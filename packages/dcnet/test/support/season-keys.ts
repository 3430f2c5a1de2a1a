import { BlindingKey, type Rng } from '@hushgrid/primitives'
import { SharedSecrets } from '../../src/masks/edge-keys.ts'
import { SeasonKeys } from '../../src/masks/season-keys.ts'

/** Season keys that live in memory only. */
export function seasonKeys(rng: Rng): SeasonKeys {
  const make = () => {
    const blinding = BlindingKey.generate(rng)
    return { blinding, secrets: new SharedSecrets(blinding) }
  }
  return new SeasonKeys({ kept: [], make, erase: () => {} })
}
