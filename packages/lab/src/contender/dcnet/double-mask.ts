// The DC-net that recovers by double mask: each meter's private mask, shared among its neighbours, still hides its reading
// when edge masks are released.
import type { Contender } from '../contender.ts'
import { DoubleMaskAccount } from './double-mask-figures.ts'
import { RING, ringFacts } from './facts.ts'
import { RingNeighbourhood } from './neighbourhood.ts'

export const doubleMask: Contender = {
  ...RING,
  facts: ringFacts({
    name: 'dcnet-double',
    title: 'DC-net with double mask',
    recovery: 'double-mask',
    hidden: 'masks and shares',
    missing: 'its neighbours release the masks that they share with it, and shares of the private masks of all others',
    trust: {
      together: 'the aggregator with more than 2t − d − h + 1 of a meter’s d mask neighbours',
      besides: 'trusted not to collude with the aggregator is the registrar; the aggregator itself may lie, delay and hide'
    },
    mark: { colour: '#56b4e9', shape: 'diamond', dash: [2, 2] }
  }),
  live: options => new RingNeighbourhood(options, new DoubleMaskAccount())
}
