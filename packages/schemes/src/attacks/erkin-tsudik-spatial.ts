// Misuse: a receiver reads a meter that blinds two slots with the same numbers.
import { type LaneVector, type MeterId, signedLanes } from '@hushgrid/primitives'
import { unpack } from '../arithmetic/packing.ts'
import { SquareRing } from '../arithmetic/square-ring.ts'
import type { Lockstep } from '../lockstep.ts'
import type { SchemeOptions } from '../options.ts'
import type { Attack, AttackResult, AttackScene, SceneSlot } from './attack.ts'
import { type Blinded, readTwo } from './same-blinding.ts'

const NAME = 'erkin-tsudik-spatial'

/** Attack on the first meter by the second, in a group that keeps its blindings from slot to slot. */
export const onErkinTsudikSpatial: Attack = {
  title: 'a receiver reads a meter that blinds two slots alike',
  repair: { options: { reseed: 'slot' }, what: 'new blindings in every slot, from new seeds or derived for the slot (reseed: epoch)' },
  run: (scene, options = {}) => attack(scene, { reseed: 'never', ...options })
}

function attack(scene: AttackScene, options: SchemeOptions): AttackResult {
  const [victim, receiver] = scene.group.members as [MeterId, MeterId]
  const slots = scene.slots.slice(0, 2) as [SceneSlot, SceneSlot]
  const primes = scene.primesOf(receiver)
  const n = primes.p * primes.q
  const ring = new SquareRing(n, n.toString(2).length)
  const lockstep = scene.enter(options)
  const blinded = slots.map(each => ({
    ciphertext: ring.decode(lastBody(lockstep, each, { victim, receiver }), victim),
    hash: ring.hash(NAME, each.slot)
  }))
  const found = readTwo(ring, primes, blinded as [Blinded, Blinded]).map(value => unpack(value, scene.group.lanes))
  const readings = found.every(lanes => lanes !== undefined) ? found.map(shown) : []
  const real = slots.map(each => shown(each.readings.get(victim) as LaneVector))
  const succeeded = readings.length === 2 && String(readings) === String(real)
  return { succeeded, learnt: { readings }, lines: told(readings, real) }
}

/** Runs a slot and gives the last message from the victim to the receiver. */
function lastBody(
  lockstep: Lockstep,
  { slot, readings }: SceneSlot,
  { victim, receiver }: Record<'victim' | 'receiver', MeterId>
): Uint8Array {
  const { sent } = lockstep.run({ phase: 'slot', slot, readings })
  return sent.findLast(({ from, to }) => from === victim && to === receiver)?.body ?? new Uint8Array(0)
}

const shown = (lanes: LaneVector): string[] => signedLanes(lanes).map(String)

function told(readings: readonly string[][], real: readonly string[][]): string[] {
  const list = (slots: readonly string[][]): string => slots.map(lanes => lanes.join(', ')).join('; ')
  return [
    'Meter 1 is curious. It does no more than read what meter 0 sends it.',
    'By its own key it opens meter 0’s value of each of two slots:',
    '  d1 = m1 + k1·R and d2 = m2 + k2·R, modulo N.',
    'It knows k1 and k2: the same key opens the hash of either slot.',
    'R is unknown, but where it is the same twice it falls out of both:',
    '  m1 − (k1/k2)·m2 = d1 − (k1/k2)·d2, modulo N.',
    'Only one pair of numbers is so small; a reduced lattice shows it.',
    readings.length > 0 ? `It finds, slot by slot: ${list(readings)} Wh.` : 'It finds two large numbers, which are no readings.',
    `Meter 0 had read: ${list(real)} Wh.`
  ]
}
