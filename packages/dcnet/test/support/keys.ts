import { BlindingKey, type Rng } from '@hushgrid/primitives'
import { SharedSecrets } from '../../src/masks/edge-keys.ts'
import { SeasonKeys } from '../../src/masks/season-keys.ts'

/** Makes season keys that are kept in memory alone; tells each season that is erased. */
export function memoryKeys(rng: Rng, erased: (season: number) => void = () => {}): SeasonKeys {
  return new SeasonKeys({
    kept: [],
    make: () => {
      const blinding = BlindingKey.generate(rng)
      return { blinding, secrets: new SharedSecrets(blinding) }
    },
    erase: erased
  })
}
