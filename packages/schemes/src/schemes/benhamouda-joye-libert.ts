// Benhamouda, Joye, Libert 2016, section 4: two keys a party, whose smooth projective hash is additive in them; DDH instance.
import { u8 } from '@hushgrid/primitives'
import { DEFAULT_MAX_READING, type SchemeOptions } from '../options.ts'
import type { Scheme } from '../scheme.ts'
import { exponentRoles } from '../shared/exponent-sums.ts'

const NAME = 'benhamouda-joye-libert'

/** The scheme of shi with two keys instead of one, which tightens the proof. */
export function benhamoudaJoyeLibert({ maxReading = DEFAULT_MAX_READING, trusting }: SchemeOptions = {}): Scheme {
  return {
    name: NAME,
    facts: {
      title: 'Benhamouda, Joye and Libert',
      citation:
        'F. Benhamouda, M. Joye, B. Libert: A New Framework for Privacy-Preserving Aggregation of Time-Series Data. ACM TISSEC 18(3), 10, 2016.',
      family: 'keys',
      dealer: 'keys',
      missing: 'lost, noticed',
      sees: 'nobody; the dealer sees all if it keeps the keys and hears the messages',
      collusion: 'all other meters with the aggregator, or the dealer with whoever hears the messages',
      strength: 126,
      maxReading,
      noisy: false,
      rounds: 1,
      messages: n => n,
      how: [
        'A dealer gives each meter two secret numbers s and s′, gives the aggregator the negatives of their sums, and forgets them. For each slot and lane a meter sends x·G + s·H(slot, lane, 1) + s′·H(slot, lane, 2) in ristretto255. In the sum of all messages and the aggregator’s own part the secrets cancel, and (Σ x)·G is left, whose small logarithm the aggregator finds by baby steps and giant steps.',
        'The part that hides a reading is a smooth projective hash whose keys add up. Any such hash gives a scheme of this form; this one is for pairs of Diffie and Hellman. Beside shi a meter computes one multiplication more a lane and sends as much; the proof of security loses far less than that of shi, so that it says more about groups of this size.',
        'A change of members needs new keys for everybody. Without one meter’s message no logarithm is found: the slot is lost after a whole search. A meter may send one ciphertext a slot, ever: two show the difference of their readings.'
      ],
      uncertain: [
        'The notation of the paper was not checked; the instance follows from its framework for the language of Diffie–Hellman pairs.',
        'How slot and lane are hashed, and how elements and keys are written, is ours.',
        'A patent application exists that seems to cover the scheme (WO 2014/057124); neither its claims nor its status were examined.'
      ]
    },
    roles: exponentRoles({ name: NAME, suffixes: [u8(1), u8(2)], maxReading, trusting })
  }
}
