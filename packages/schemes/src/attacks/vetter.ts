// Collusion: the key authority and the store read every meter in every slot, past ones included.
import { type LaneVector, lanesFromExactBytes, type MeterId, signedLanes, subtractLanes } from '@hushgrid/primitives'
import { UNCOUNTED } from '../scheme.ts'
import { decodeDealt, keysOf } from '../schemes/vetter/sums.ts'
import type { Attack } from './attack.ts'
import { shownRows } from './rows.ts'

/** Attack on the first meter by the two parties in the middle. */
export const onVetter: Attack = {
  title: 'the key authority and the store read every meter, past slots included',
  run: (scene, options) => {
    const { group, slots } = scene
    const { 'key-authority': authority, store } = group.parties
    const victim = group.members[0] as MeterId
    let dealt = new Uint8Array()
    const lockstep = scene.enter(options, message => {
      if (message.from === authority && message.to === victim) dealt = Uint8Array.from(message.body)
      return [message]
    })
    const stored = slots.map(each => {
      const { sent } = lockstep.run({ phase: 'slot', ...each })
      const body = sent.find(({ from, to }) => from === victim && to === store)?.body ?? new Uint8Array()
      return { slot: each.slot, hidden: lanesFromExactBytes(body.subarray(0, 8 * group.lanes), group.lanes) }
    })
    // Only now, after the last slot, do the two meet.
    const keys = decodeDealt(dealt, authority as MeterId)
    const readings = stored.map(({ slot, hidden }) => {
      const { lanes } = keysOf(keys, slot, group.lanes, UNCOUNTED)
      return signedLanes(subtractLanes(hidden.slice() as LaneVector, lanes)).map(String)
    })
    const real = slots.map(each => signedLanes(each.readings.get(victim) as LaneVector).map(String))
    return {
      succeeded: readings.length > 0 && JSON.stringify(readings) === JSON.stringify(real),
      learnt: { readings },
      lines: [
        'The store has kept what meters sent. The key authority has kept the key that',
        'it gave to meter 0, and sees no message. They meet after the last slot.',
        `  slot ${stored[0]?.slot ?? ''}, lane 0, in the store: ${stored[0]?.hidden[0] ?? ''}`,
        'A message is the reading plus PRF(key, slot), modulo 2^64: they compute the',
        'same number and subtract it, slot by slot, however long ago it was:',
        `  readings: ${shownRows(readings)}`,
        `  really:   ${shownRows(real)}`,
        'All other meters are read likewise, and nobody can tell. Whoever taps the',
        'lines of the meters can stand in for the store.'
      ]
    }
  }
}
