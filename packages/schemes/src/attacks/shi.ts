// Misuse: a meter that encrypts twice under one slot shows the difference of its readings to whoever hears both.
import { type LaneVector, type MeterId, signedLanes } from '@hushgrid/primitives'
import { G, type Point, scalar } from '@hushgrid/primitives/group'
import { LogTable } from '../arithmetic/discrete-log.ts'
import { decodePoints } from '../bodies/elements.ts'
import type { Sent } from '../lockstep.ts'
import { DEFAULT_MAX_READING } from '../options.ts'
import { UNCOUNTED } from '../scheme.ts'
import type { Attack } from './attack.ts'

/** Attack on the first meter by whoever hears two ciphertexts of one slot. */
export const onShi: Attack = {
  title: 'two ciphertexts of one slot show the difference of two readings',
  run: (scene, options = {}) => {
    const { group, slots } = scene
    const [one, other] = slots
    const victim = group.members[0] as MeterId
    const lockstep = scene.enter(options)
    if (!one || !other) return { succeeded: false, learnt: {}, lines: [] }
    const bodies = [one.readings, other.readings].map(readings => {
      const { sent } = lockstep.run({ phase: 'slot', slot: one.slot, readings })
      return (sent.find(({ from }) => from === victim) as Sent).body
    })
    const [points, again] = bodies.map(body => decodePoints(body, group.lanes, victim)) as [Point[], Point[]]
    const table = new LogTable(G, 2n * (options.maxReading ?? DEFAULT_MAX_READING), true, UNCOUNTED)
    const difference = points.map((point, lane) => {
      const minus = (again[lane] as Point).multiply(scalar(-1n))
      return String(table.logarithm(point.add(minus), UNCOUNTED) ?? 'none')
    })
    const [first, second] = [one, other].map(({ readings }) => signedLanes(readings.get(victim) as LaneVector)) as [bigint[], bigint[]]
    const real = first.map((value, lane) => String(value - (second[lane] as bigint)))
    return {
      succeeded: JSON.stringify(difference) === JSON.stringify(real),
      learnt: { difference },
      lines: [
        'This is a misuse, not a flaw: the scheme says one ciphertext a slot, ever.',
        `Meter 0 sends two for slot ${one.slot}: its clock was set back, say, or somebody`,
        'talked it into a correction. Each is x·G + s·H(slot), with the same s·H.',
        'Whoever hears both subtracts: (x − x′)·G is left, no key is needed, and a',
        'table of small logarithms reads it off:',
        `  difference by lane: (${difference.join(', ')}) Wh`,
        `  really (${first.join(', ')}) − (${second.join(', ')}) = (${real.join(', ')})`,
        'Whoever knows one of the two knows the other. What prevents it: a meter runs',
        'a slot once, and remembers over a restart which slots it has begun.'
      ]
    }
  }
}
