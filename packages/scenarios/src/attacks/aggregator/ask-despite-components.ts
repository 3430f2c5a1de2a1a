import { hasPrivateMasks } from '@hushgrid/topology'
import { type Attack, inEachSlot, meterOf } from '../attack.ts'
import { ASKING_SHARES, askForShares } from './double-mask/moves.ts'
import { Words } from './double-mask/words.ts'
import { ASKING, type Asked, handOverTo, keepApart, running, signedForMasks } from './requests.ts'

export const askDespiteComponents = {
  name: 'ask-despite-components',
  by: 'aggregator',
  about: 'All others are told alike that some members are missing, however few that leaves together on the ring.',
  needs: { meters: 'the meters that are named missing' },
  simulate(target, order) {
    const named = order.meters ?? [meterOf(target, order)]
    // Those named are no colluders here, so nobody vouches for more than it was shown.
    const words = new Words(target, { ...order, meters: [] })
    keepApart(target, order, ASKING_SHARES + 1)
    const ask = (units: number, run: (asked: Asked, missing: readonly number[]) => void): void =>
      inEachSlot(target, order, units, slot => {
        const held = target.rosterOf(slot)
        if (held)
          run(
            { slot, held },
            named.flatMap(meter => held.roster.indexOf(target.meter(meter).id) ?? [])
          )
      })
    ask(ASKING, (asked, missing) => handOverTo(target, running(target, ...named), signedForMasks(target, asked, missing)))
    if (!hasPrivateMasks(target.recovery)) return
    ask(ASKING_SHARES, (asked, missing) => {
      askForShares(target, asked, running(target, ...named), { words, round: 0, missing })
      // Whoever of them is there has shares of the others.
      askForShares(
        target,
        asked,
        named.filter(meter => target.meter(meter).up),
        { words, round: 0, missing: [] }
      )
    })
  }
} as const satisfies Attack
