import { dilution, SCHEMES, type SchemeName } from '@hushgrid/schemes'
import { EVALUATION_DEFAULTS } from '../../file/defaults.ts'

/** A scheme with an option that it runs without otherwise. */
interface Variant {
  readonly scheme: SchemeName
  readonly options: NonNullable<Parameters<(typeof SCHEMES)[SchemeName]>[0]>
}

/** Privacy of a slot's total in a lane: ε, and δ, the probability that no honest meter adds noise. */
const EPSILON = [1n, 1n] as const
const DELTA = 1e-6

/** Variants by their names as contenders, which stand beside the schemes and have to be asked for. */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  'shi-noise': {
    scheme: 'shi',
    options: {
      noise: {
        sensitivity: SCHEMES.shi().facts.maxReading,
        epsilon: EPSILON,
        beta53: dilution(DELTA, 1 - EVALUATION_DEFAULTS.gamma)
      }
    }
  }
}
