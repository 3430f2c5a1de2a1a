// Collusion: the aggregator and the collector put a meter's two messages together.
import { fromBytes, inverse, modulo } from '@hushgrid/paillier'
import { type LaneVector, type MeterId, signedLanes } from '@hushgrid/primitives'
import { unpack } from '../arithmetic/packing.ts'
import { SquareRing } from '../arithmetic/square-ring.ts'
import { DEFAULT_BITS } from '../options.ts'
import { UNCOUNTED } from '../scheme.ts'
import type { Attack } from './attack.ts'

/** The aggregator's exponent, which it draws itself. */
const EXPONENT = 0x2f9a_0c41_d7e8_5392_c0f1n

/** Attack on the first meter by the two parties that are to be kept apart. */
export const onLeontiadis: Attack = {
  title: 'the aggregator and the collector together read one meter from one slot',
  run: (scene, options = {}) => {
    const { group, slots } = scene
    const [one] = slots
    const { aggregator, collector, dealer } = group.parties
    const victim = group.members[0] as MeterId
    if (!one) return { succeeded: false, learnt: {}, lines: [] }
    // N is public; its factors are not used.
    const { p, q } = scene.primesOf(dealer as MeterId)
    const ring = new SquareRing(p * q, options.bits ?? DEFAULT_BITS)
    const lifted = ring.encode(ring.power(ring.hash('leontiadis', one.slot), EXPONENT, UNCOUNTED))
    const lockstep = scene.enter(options, message => [
      message.from === aggregator && message.round === 1 ? { ...message, body: lifted } : message
    ])
    const { sent } = lockstep.run({ phase: 'slot', ...one })
    const heardBy = (party: MeterId | undefined): bigint =>
      fromBytes(sent.find(({ from, to }) => from === victim && to === party)?.body ?? new Uint8Array())
    const [ciphertext, share] = [heardBy(aggregator), heardBy(collector)]
    const quotient = (ring.power(ciphertext, EXPONENT, UNCOUNTED) * ring.inverse(share)) % ring.squared
    const x = modulo((ring.logarithm(quotient) ?? 0n) * (inverse(EXPONENT, ring.n) as bigint), ring.n)
    const lanes = unpack(x > ring.n / 2n ? x - ring.n : x, group.lanes)
    const reading = lanes ? signedLanes(lanes).map(String) : []
    const real = signedLanes(one.readings.get(victim) as LaneVector).map(String)
    return {
      succeeded: JSON.stringify(reading) === JSON.stringify(real),
      learnt: { reading },
      lines: [
        'The aggregator has drawn an exponent a and published P = h^a, as it should.',
        'Meter 0 answers with one message to the aggregator and one to the collector:',
        `  c = (1 + xN)·h^k  to the aggregator: ${start(ring.encode(ciphertext))}`,
        `  s = P^k           to the collector:  ${start(ring.encode(share))}`,
        'Alone, each is hidden by the meter’s secret k. The two compare: c^a / s is',
        '1 + a·xN, since h^(ka) falls out. Divided by a modulo N, x is left:',
        `  reading by lane: (${reading.join(', ')}) Wh`,
        `  really:          (${real.join(', ')}) Wh`,
        'Nobody else sees it happen. The scheme rests on the two being kept apart.'
      ]
    }
  }
}

const start = (bytes: Uint8Array): string => `${Buffer.from(bytes.subarray(0, 8)).toString('hex')}…`
