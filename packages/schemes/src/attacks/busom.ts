// The aggregator shows every meter another sum of first components, weighted so that one reading stands out of the total.
import { inverse } from '@hushgrid/paillier'
import { concatBytes, type LaneVector, type MeterId, signedLanes } from '@hushgrid/primitives'
import { G, GROUP_ORDER, Point, scalar } from '@hushgrid/primitives/group'
import { decodePoints } from '../bodies/elements.ts'
import type { Sent } from '../lockstep.ts'
import type { Group, Outgoing } from '../scheme.ts'
import { aggregatorOf } from '../shared/parties.ts'
import type { Attack } from './attack.ts'

/** Weight of the first reading beyond its own part of the total: a total is smaller. */
const APART = 1n << 40n
/** 16 kW over a quarter of an hour: an attacker who finds nothing would search further. */
const MOST = 4_096

/** Attack on the first meter by the aggregator alone, in one slot. */
export const onBusom: Attack = {
  title: 'an aggregator that shows each meter another sum reads one of them',
  repair: { options: { echo: true }, what: 'meters compare what they were shown before they answer' },
  run: (scene, options = {}) => {
    const { group } = scene
    const [slot] = scene.slots
    const victim = group.members[0] as MeterId
    const hostile = new HostileAggregator(group)
    const lockstep = scene.enter(options, message => hostile.tamper(message))
    if (!slot) return { succeeded: false, learnt: {}, lines: [] }
    hostile.began()
    const { accused } = lockstep.run({ phase: 'slot', slot: slot.slot, readings: slot.readings })
    const found = hostile.read()
    const firstLane = (id: MeterId): bigint => signedLanes(slot.readings.get(id) as LaneVector)[0] as bigint
    const real = { reading: String(firstLane(victim)), total: String(group.members.map(firstLane).reduce((a, b) => a + b, 0n)) }
    return {
      succeeded: found?.reading === real.reading && found.total === real.total,
      learnt: { ...found },
      lines: [
        'The aggregator should show all meters one sum C* of their ciphertexts’ first',
        'parts. It shows meter i the sum of a_j·C_j, divided by a_i, instead, where',
        'a_0 = 2^40 + 1 and all other a are 1. No meter can tell a sum from another.',
        ...(found
          ? [
              'All answer. It adds up a_i·(D_i − T_i): what is left is (2^40·m_0 + total)·G,',
              `and a table of totals up to ${MOST} Wh a meter splits it in one search:`,
              `  meter 0 used ${found.reading} Wh, all together ${found.total} Wh`,
              `  really ${real.reading} Wh, and ${real.total} Wh`,
              'One slot was enough, and every message was regular and signed.'
            ]
          : [
              `${hostile.answers} of ${group.members.length} meters answer; without all shares nothing can be opened.`,
              ...(accused.length > 0
                ? ['They told each other a hash of what they saw, and two hashes differ:', 'the aggregator is accused.']
                : [])
            ])
      ]
    }
  }
}

/** An aggregator that sends wrong sums and keeps what it hears. */
class HostileAggregator {
  readonly #group: Group
  readonly #weights: readonly bigint[]
  readonly #ciphertexts = new Map<MeterId, Point[]>()
  readonly #shares = new Map<MeterId, Point[]>()
  #inSlot = false

  constructor(group: Group) {
    this.#group = group
    this.#weights = group.members.map((_, i) => (i === 0 ? APART + 1n : 1n))
  }

  /** Says that the setup is over, in which it does as agreed. */
  began(): void {
    this.#inSlot = true
  }

  get answers(): number {
    return this.#shares.size
  }

  tamper(message: Sent): readonly Outgoing[] {
    const { lanes } = this.#group
    const aggregator = aggregatorOf(this.#group)
    if (!this.#inSlot) return [message]
    if (message.from === aggregator) return this.#sums()
    if (message.to === aggregator && message.round === 1)
      this.#ciphertexts.set(message.from, decodePoints(message.body, 2 * lanes, message.from))
    else if (message.to === aggregator) this.#shares.set(message.from, decodePoints(message.body, lanes, message.from))
    return [message]
  }

  /** Shows each meter the weighted sum divided by its own weight. */
  #sums(): Outgoing[] {
    const { members, lanes } = this.#group
    const weighted = Array.from({ length: lanes }, (_, lane) => this.#weighted(id => this.#ciphertexts.get(id)?.[2 * lane]))
    return members.map((to, i) => {
      const divided = weighted.map(point => point.multiply(inverse(this.#weights[i] as bigint, GROUP_ORDER) as bigint))
      return { to, body: concatBytes(...divided.map(point => point.encode())) }
    })
  }

  #weighted(of: (id: MeterId) => Point | undefined): Point {
    return Point.sum(this.#group.members.map((id, i) => (of(id) ?? Point.ZERO).multiply(this.#weights[i] as bigint)))
  }

  /** Reads the first meter and the total of lane 0; undefined without everybody's share. */
  read(): { readonly reading: string; readonly total: string } | undefined {
    const { members } = this.#group
    if (this.#shares.size < members.length) return undefined
    const added = this.#weighted(id => this.#ciphertexts.get(id)?.[1])
    const shares = this.#weighted(id => this.#shares.get(id)?.[0])
    const totals = new Map<string, number>()
    let point: Point = Point.ZERO
    for (let total = 0; total < MOST * members.length; total++) {
      totals.set(point.toString(), total)
      point = point.add(G)
    }
    let rest = added.add(shares.multiply(-1n))
    const step = G.multiply(scalar(-APART))
    for (let reading = 0; reading < MOST; reading++) {
      const total = totals.get(rest.toString())
      if (total !== undefined) return { reading: String(reading), total: String(total) }
      rest = rest.add(step)
    }
    return undefined
  }
}
