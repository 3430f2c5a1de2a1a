// The dealer's trapdoor: whoever kept the primes of N reads every meter from two of its ciphertexts, without its key.
import { fromBytes } from '@hushgrid/paillier'
import { type LaneVector, type MeterId, signedLanes } from '@hushgrid/primitives'
import { unpack } from '../arithmetic/packing.ts'
import { SquareRing } from '../arithmetic/square-ring.ts'
import type { Sent } from '../lockstep.ts'
import type { Attack, SceneSlot } from './attack.ts'
import { type Blinded, readTwo } from './same-blinding.ts'

/** Attack on the first meter by whoever knows p and q and hears two slots. */
export const onJoyeLibert: Attack = {
  title: 'a dealer that kept the primes reads one meter from two slots',
  run: (scene, options) => {
    const { group, slots } = scene
    const [one, other] = slots
    const victim = group.members[0] as MeterId
    const lockstep = scene.enter(options)
    const primes = scene.primesOf(group.parties.dealer as MeterId)
    if (!one || !other) return { succeeded: false, learnt: {}, lines: [] }
    const messages = [one, other].map(each => lockstep.run({ phase: 'slot', ...each }).sent.find(({ from }) => from === victim) as Sent)
    const [{ body } = { body: new Uint8Array() }] = messages
    const ring = new SquareRing(primes.p * primes.q, 4 * body.byteLength)
    const heard = messages.map((message, i): Blinded => {
      const { slot } = [one, other][i] as SceneSlot
      return { ciphertext: fromBytes(message.body), hash: ring.hash('joye-libert', slot) }
    })
    const readings = readTwo(ring, primes, heard as [Blinded, Blinded]).map(packed => {
      const lanes = unpack(packed, group.lanes)
      return lanes ? signedLanes(lanes).map(String) : []
    })
    const real = [one, other].map(({ readings }) => signedLanes(readings.get(victim) as LaneVector).map(String))
    const shown = (lanes: readonly (readonly string[])[]): string => lanes.map(each => `(${each.join(', ')})`).join(' and ')
    return {
      succeeded: JSON.stringify(readings) === JSON.stringify(real),
      learnt: { readings },
      lines: [
        'The dealer was to forget the primes p and q of N, and kept them. It has',
        'forgotten the keys it dealt, and hears two messages of meter 0:',
        `  slot ${one.slot}: ${shownBody(messages[0])}   slot ${other.slot}: ${shownBody(messages[1])}`,
        'A message is (1 + xN)·h^s. Raised to (p − 1)(q − 1) it gives x + κ·s mod N,',
        'where κ follows from the slot’s hash h, and s is the same in each slot.',
        'From two slots s falls out: one equation, two unknowns far below √N. They',
        'are what is left beside the next point of a lattice of rank two:',
        `  readings by lane: ${shown(readings)}`,
        `  really:           ${shown(real)}`
      ]
    }
  }
}

const shownBody = (message: Sent | undefined): string => `${Buffer.from(message?.body.subarray(0, 8) ?? []).toString('hex')}…`
