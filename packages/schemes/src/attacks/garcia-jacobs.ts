// Weights on ciphertexts: a concentrator that multiplies otherwise than agreed reads one meter and the total in one slot.
import { inverse } from '@hushgrid/paillier'
import { lanesFromExactBytes, type MeterId, signedLanes } from '@hushgrid/primitives'
import { decodeModulus, type SquareRing } from '../arithmetic/square-ring.ts'
import { parts } from '../bodies/parts.ts'
import type { Sent } from '../lockstep.ts'
import { type Group, type Outgoing, UNCOUNTED } from '../scheme.ts'
import { aggregatorOf } from '../shared/parties.ts'
import type { Attack, AttackResult, AttackScene } from './attack.ts'

const SHIFT = 40n
const WEIGHT = (1n << SHIFT) + 1n

/** Attack of the concentrator on the first meter, lane 0. */
export const onGarciaJacobs: Attack = {
  title: 'a concentrator weights the shares of one meter',
  run: (scene, options) => {
    const concentrator = new Concentrator(scene.group)
    const lockstep = scene.enter(options, message => concentrator.send(message))
    const [first] = scene.slots
    if (!first) return { succeeded: false, learnt: {}, lines: [] }
    const { sent } = lockstep.run({ phase: 'slot', ...first })
    return concentrator.read(scene, sent)
  }
}

class Concentrator {
  readonly #group: Group
  readonly #rings = new Map<MeterId, SquareRing>()
  /** Ciphertexts by receiver, then by sender. */
  readonly #shares = new Map<MeterId, Map<MeterId, bigint>>()

  constructor(group: Group) {
    this.#group = group
    for (const id of group.members) this.#shares.set(id, new Map())
  }

  /** Hears what meters send, and gives other products than agreed. */
  send(message: Sent): readonly Outgoing[] {
    const { round, from, to, body } = message
    const self = aggregatorOf(this.#group)
    if (round === 1 && to === self && !this.#rings.has(from)) this.#rings.set(from, decodeModulus(body, 8 * body.byteLength, from))
    else if (round === 1 && to === self) this.#hear(from, body)
    else if (from === self && to !== 'meters') return [{ to, body: this.#weighted(to) }]
    return [message]
  }

  #hear(from: MeterId, body: Uint8Array): void {
    const receivers = this.#group.members.filter(id => id !== from)
    parts(body, receivers.length, body.byteLength / receivers.length, from).forEach((bytes, i) => {
      const to = receivers[i] as MeterId
      this.#shares.get(to)?.set(from, (this.#rings.get(to) as SquareRing).decode(bytes, from))
    })
  }

  /** Multiplies what is for a meter: all of it to 1/a for the victim, the victim's share to a for the others. */
  #weighted(to: MeterId): Uint8Array {
    const victim = this.#group.members[0]
    const ring = this.#rings.get(to) as SquareRing
    const exponent = to === victim ? (inverse(WEIGHT, 1n << 64n) as bigint) : WEIGHT
    const values = [...(this.#shares.get(to) as Map<MeterId, bigint>)].map(([from, value]) =>
      to === victim || from === victim ? ring.power(value, exponent, UNCOUNTED) : value
    )
    return ring.encode(ring.product(values))
  }

  /** Computes a·T_0 + Σ T_j = 2^40·m_0 + Σ m modulo 2^64 from the partial sums. */
  read({ group, slots }: AttackScene, sent: readonly Sent[]): AttackResult {
    const sums = sent.filter(({ round }) => round === 3).map(({ from, body }) => ({ from, lanes: lanesFromExactBytes(body, group.lanes) }))
    const weighted = sums.map(({ from, lanes }) => (lanes[0] as bigint) * (from === group.members[0] ? WEIGHT : 1n))
    const value = BigInt.asIntN(
      64,
      weighted.reduce((sum, each) => sum + each, 0n)
    )
    const total = BigInt.asIntN(Number(SHIFT), value)
    const reading = (value - total) >> SHIFT
    const real = group.members.map(id => signedLanes(slots[0]?.readings.get(id) ?? lanesFromExactBytes(new Uint8Array(8), 1))[0] as bigint)
    const realTotal = real.reduce((sum, each) => sum + each, 0n)
    return {
      succeeded: sums.length === group.members.length && reading === real[0] && total === realTotal,
      learnt: { value: String(value), reading: String(reading), total: String(total) },
      lines: [
        'The concentrator keeps to all rounds, but not to what it should multiply.',
        'It got every share, each encrypted for one meter, and can open none.',
        'Let a = 2^40 + 1. What is for meter 0 it raises to 1/a modulo 2^64 before it',
        'multiplies; in every other product it raises the share from meter 0 to a.',
        'Each meter opens its product, sees a number like any other, adds its own',
        'share and answers T in the clear. The concentrator adds up:',
        `  a·T_0 + T_1 + … = ${value} = 2^40 · ${reading} + ${total}`,
        `So meter 0 used ${reading} Wh and all together ${total} Wh, in lane 0.`,
        `Really: meter 0 ${real[0]} Wh, all together ${realTotal} Wh. No meter can notice.`
      ]
    }
  }
}
