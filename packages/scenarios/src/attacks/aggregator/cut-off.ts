import { InvalidArgumentError } from '@hushgrid/primitives'
import { momentOf } from '../../operations/parts/slot-start.ts'
import { type Attack, metersAt, withMember } from '../attack.ts'

export const cutOff = {
  name: 'cut-off',
  by: 'aggregator',
  about:
    'The honest neighbours of a meter are cut off from everybody, so that its colluding ones would close up on the ring; where no meter is named, just the meters that are.',
  needs: { meters: 'the meters that are cut off, or the meter whose neighbours are' },
  simulate(target, order) {
    const { at, what, slots, meter, meters = [] } = order
    if (meter === undefined && meters.length === 0) throw new InvalidArgumentError('meters', `the meters that '${what}' is about`, 'none')
    target.schedule(momentOf(order), () => {
      if (meter === undefined) {
        target.partition(meters)
        return
      }
      withMember(target, target.slot(Math.max(0, Math.floor(at))), meter, (held, position) => {
        const neighbours = metersAt(target, held, held.roster.neighbours(position))
        target.partition(neighbours.filter(each => !meters.includes(each)))
      })
    })
    target.schedule(momentOf({ ...order, at: order.at + slots }), () => target.heal())
  }
} as const satisfies Attack
