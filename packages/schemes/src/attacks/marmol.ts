// Collusion: a meter's two ring neighbours and the operator see by how much its reading changes.
import { addLanes, type LaneVector, lanesFromExactBytes, type MeterId, signedLanes, subtractLanes } from '@hushgrid/primitives'
import { aggregatorOf } from '../shared/parties.ts'
import type { Attack } from './attack.ts'
import { shownRows } from './rows.ts'

/** Attack on the first meter by its neighbours and the aggregator, without the key aggregator. */
export const onMarmol: Attack = {
  title: 'two ring neighbours and the aggregator learn how a meter’s reading changes',
  run: (scene, options) => {
    const { group, slots } = scene
    const { lanes, members } = group
    const [victim, after, before] = [members[0], members[1], members.at(-1)] as [MeterId, MeterId, MeterId]
    const lockstep = scene.enter(options)
    const seen = slots.map(each => {
      const { sent } = lockstep.run({ phase: 'slot', ...each })
      const between = (from: MeterId, to: MeterId): LaneVector =>
        lanesFromExactBytes(sent.find(message => message.from === from && message.to === to)?.body ?? new Uint8Array(8 * lanes), lanes)
      return { masked: between(victim, aggregatorOf(group)), taken: between(before, victim), given: between(victim, after) }
    })
    const differences = seen.slice(1).map(({ masked, taken, given }, i) => {
      const change = subtractLanes(masked.slice() as LaneVector, seen[i]?.masked as LaneVector)
      return signedLanes(addLanes(subtractLanes(change, taken), given)).map(String)
    })
    const readings = slots.map(each => each.readings.get(victim) as LaneVector)
    const real = readings
      .slice(1)
      .map((reading, i) => signedLanes(subtractLanes(reading.slice() as LaneVector, readings[i] as LaneVector)).map(String))
    const last = seen.at(-1)
    return {
      succeeded: differences.length > 0 && JSON.stringify(differences) === JSON.stringify(real),
      learnt: { differences },
      lines: [
        'A meter’s key changes by what it takes from its predecessor in the ring, less',
        'what it gives to its successor. Both neighbours of meter 0 tell the operator',
        `what went over their edges. In slot ${slots.at(-1)?.slot ?? ''}, lane 0:`,
        `  c, to the operator:     ${last?.masked[0]}`,
        `  taken, given:           ${last?.taken[0]}, ${last?.given[0]}`,
        'c − (c of the slot before) − taken + given is how much the reading changed,',
        'modulo 2^64. From slot to slot, by lane:',
        `  changes: ${shownRows(differences)}`,
        `  really:  ${shownRows(real)}`,
        'One reading known, such as none in an empty house, gives all others.'
      ]
    }
  }
}
