// The DC-net that recovers by edge release: neighbours of a missing meter release the masks that they share with it.
import type { Contender } from '../contender.ts'
import { RING, ringFacts } from './facts.ts'
import { RingNeighbourhood } from './neighbourhood.ts'

export const edgeRelease: Contender = {
  ...RING,
  facts: ringFacts({
    name: 'dcnet',
    title: 'DC-net with edge release',
    recovery: 'edge-release',
    // The net without recovery is the same, and loses the slots that it cannot recover.
    alsoFor: ['none'],
    hidden: 'masks',
    missing: 'its neighbours release the masks that they share with it, and there is a total without it',
    trust: {
      together: 'the aggregator with more than f − h + 1 of a meter’s d mask neighbours, those out of contact counted in',
      besides:
        'trusted to follow the protocol, or to fear being caught, is the aggregator: a meter that is cut off once it has submitted is exposed to one that hides its submission; trusted not to collude with the aggregator is the registrar'
    },
    mark: { colour: '#0072b2', shape: 'square', dash: [8, 3] }
  }),
  live: options => new RingNeighbourhood(options)
}
