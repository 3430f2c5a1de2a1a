// Weights of −1: a concentrator turns the sign of one reading in the total, which no device's check finds.
import { fromBytes } from '@hushgrid/paillier'
import { addLanes, type LaneVector, type MeterId, signedLanes, subtractLanes, zeroLanes } from '@hushgrid/primitives'
import { pack } from '../arithmetic/packing.ts'
import { SquareRing } from '../arithmetic/square-ring.ts'
import { decodeLanes, sumLanes } from '../bodies/lanes.ts'
import { parts } from '../bodies/parts.ts'
import type { Sent } from '../lockstep.ts'
import type { Group, Outgoing } from '../scheme.ts'
import type { Attack, AttackResult, AttackScene, SceneSlot } from './attack.ts'

/** Attack of the concentrator on the first meter, whose shares it weights by −1 in one slot. */
export const onKlenze: Attack = {
  title: 'a concentrator turns one reading’s sign in the total',
  run: attack
}

function attack(scene: AttackScene): AttackResult {
  const { group } = scene
  const [victim] = group.members as [MeterId]
  const concentrator = new SignTurner(group, victim)
  const { slot, readings } = scene.slots[0] as SceneSlot
  const { sent, accused } = scene.enter({}, message => concentrator.tamper(message)).run({ phase: 'slot', slot, readings })
  const turned = zeroLanes(group.lanes)
  for (const [meter, sum] of partialSums(sent, group)) (meter === victim ? subtractLanes : addLanes)(turned, sum)
  // The total is known otherwise, as by a meter at the transformer.
  const total = sumLanes(readings.values(), group.lanes)
  const twice = signedLanes(subtractLanes(total.slice() as LaneVector, turned))
  const reading = twice.map(value => String(value / 2n))
  const real = signedLanes(readings.get(victim) as LaneVector).map(String)
  const succeeded = accused.length === 0 && String(reading) === String(real)
  return { succeeded, learnt: { reading }, lines: told({ turned, total, reading, real }) }
}

/** A concentrator that keeps what it is sent. */
class SignTurner {
  readonly #group: Group
  readonly #victim: MeterId
  readonly #rings = new Map<MeterId, SquareRing>()
  readonly #rows = new Map<MeterId, Uint8Array>()

  constructor(group: Group, victim: MeterId) {
    this.#group = group
    this.#victim = victim
  }

  tamper({ from, to, round, body }: Sent): readonly Outgoing[] {
    const { members, parties, deviceOf } = this.#group
    if (to === parties.aggregator && members.includes(from)) this.#rings.set(from, new SquareRing(fromBytes(body), 8 * body.byteLength))
    if (to === parties.aggregator && round === 4) this.#rows.set(from, body)
    const receiver = members.find(id => deviceOf.get(id) === to)
    if (from !== parties.aggregator || round !== 5 || receiver === undefined) return [{ to, body }]
    return [{ to, body: this.#product(receiver) }]
  }

  /** Multiplies a column with the weights, and 2^64 in each lane, often enough to keep the plaintext above zero. */
  #product(receiver: MeterId): Uint8Array {
    const { members, lanes } = this.#group
    const ring = this.#rings.get(receiver) as SquareRing
    const above = pack(Array.from({ length: lanes }, () => BigInt(members.length) << 64n))
    const factors = members
      .filter(id => id !== receiver)
      .map(id => (id === this.#victim || receiver === this.#victim ? ring.inverse(this.#share(id, receiver)) : this.#share(id, receiver)))
    return ring.encode(ring.product([ring.plain(above), ...factors]))
  }

  #share(from: MeterId, receiver: MeterId): bigint {
    const { members, deviceOf } = this.#group
    const device = deviceOf.get(from) as MeterId
    const others = members.filter(id => id !== from)
    const ring = this.#rings.get(receiver) as SquareRing
    const row = parts(this.#rows.get(device) as Uint8Array, others.length, ring.elementBytes, device)
    return ring.decode(row[others.indexOf(receiver)] as Uint8Array, device)
  }
}

function partialSums(sent: readonly Sent[], { members, deviceOf, lanes }: Group): [MeterId, LaneVector][] {
  return members.map(id => {
    const body = sent.find(({ from, round }) => round === 8 && from === deviceOf.get(id))?.body
    return [id, body ? decodeLanes(body, lanes, id) : zeroLanes(lanes)]
  })
}

function told(of: { turned: LaneVector; total: LaneVector; reading: readonly string[]; real: readonly string[] }): string[] {
  const list = (lanes: LaneVector): string => signedLanes(lanes).join(', ')
  return [
    'The concentrator is curious about meter 0. It may multiply ciphertexts.',
    'Meter 0’s shares it turns into their inverses before it multiplies,',
    'and so all shares that are for meter 0; then it adds 2^64 often enough',
    'that no meter sees a number below zero. No device finds anything wrong.',
    'Of the partial sums it subtracts meter 0’s from those of the others.',
    `It gets the total with meter 0’s sign turned: ${list(of.turned)} Wh.`,
    `A meter at the transformer gives the true total: ${list(of.total)} Wh.`,
    `Half the difference is the reading: ${of.reading.join(', ')} Wh.`,
    `Meter 0 had read: ${of.real.join(', ')} Wh.`
  ]
}
