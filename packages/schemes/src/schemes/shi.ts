// Shi, Chan, Rieffel, Chow, Song 2011, section 4: keys dealt so that they sum to zero, readings in the exponent.
import { type LaneVector, lanesFromIntegers, signedLanes } from '@hushgrid/primitives'
import { dilutedNoise, type Noise } from '../arithmetic/discrete-laplace.ts'
import { DEFAULT_MAX_READING, type SchemeOptions } from '../options.ts'
import type { Scheme, Turn } from '../scheme.ts'
import { exponentRoles } from '../shared/exponent-sums.ts'

const NAME = 'shi'
/** Its one key a party is hashed with slot and lane alone. */
const NOTHING = new Uint8Array(0)

/** The scheme that most later ones are measured against: one message of 32 bytes a lane, a dealer, a small logarithm. */
export function shi({ maxReading = DEFAULT_MAX_READING, noise, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Shi, Chan, Rieffel, Chow and Song',
      citation: 'E. Shi, T.-H. H. Chan, E. Rieffel, R. Chow, D. Song: Privacy-Preserving Aggregation of Time-Series Data. NDSS 2011.',
      family: 'keys',
      dealer: 'keys',
      missing: 'lost, noticed',
      sees: 'nobody; the dealer sees all if it keeps the keys and hears the messages',
      collusion: 'all other meters with the aggregator, or the dealer with whoever hears the messages',
      strength: 126,
      maxReading,
      noisy: noise !== undefined,
      rounds: 1,
      messages: n => n,
      how: [
        'A dealer gives each meter a secret number and the aggregator the negative of their sum, and forgets them. For each slot and lane a meter sends x·G + s·H(slot, lane) in ristretto255. In the sum of all messages and the aggregator’s own part the secrets cancel, and (Σ x)·G is left, whose small logarithm the aggregator finds by baby steps and giant steps.',
        'A change of members needs new keys for everybody. Without one meter’s message no logarithm is found: the slot is lost after a whole search. A meter may send one ciphertext a slot, ever: two show the difference of their readings.',
        'The paper adds noise at the meters, so that the total is differentially private; here it is an option, drawn with integers alone and by so few meters that the error does not grow with their number. Totals are then off on purpose. Chan, Shi and Song (FC 2012) bring the total back when meters fail, with log n ciphertexts a meter.'
      ],
      uncertain: [
        'The loss of the paper’s proof, a factor that grows with the cube of n, is as the authors of benhamouda-joye-libert say.',
        'The exact sampler of the noise, of Canonne, Kamath and Steinke (2020), is ours, and so is how the probability of noise is rounded.',
        'A patent application exists that seems to cover the scheme (EP 2 485 430); neither its claims nor its status were examined.'
      ]
    },
    roles: exponentRoles({
      name: NAME,
      suffixes: [NOTHING],
      maxReading,
      trusting,
      addNoise: noise && ((reading, turn) => addNoise(reading, noise, turn))
    })
  }
}

/** Adds a meter's share of the noise to its reading; lanes are drawn in their order. */
function addNoise(reading: LaneVector, noise: Noise, { group, rng }: Turn): LaneVector {
  return lanesFromIntegers(signedLanes(reading).map(value => value + dilutedNoise(noise, group.members.length, rng)))
}
