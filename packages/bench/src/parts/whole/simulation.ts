// Speed of the simulator, and the cost of a change of the membership in it.

import { median } from '@hushgrid/lab'
import type { PlannedOperation } from '@hushgrid/scenarios'
import { SimulatedNeighbourhood, simulate } from '@hushgrid/simulator'
import { type Figure, figure } from '../../results/measure.ts'

/** Slots before the first that is timed, while the code is compiled. */
const WARM_UP = 4
const DEGREE = 22
/** Degree of the figures for changes, for any n. */
const CHANGE_DEGREE = 14

/** Measures CPU of one core a meter-slot in the full state machines: meter, aggregator, witness, and the total at every meter. */
function meterSlot(seed: string, members: number, slots: number, rounds: number, signatures: 'stand-in' | 'ed25519'): Figure {
  const neighbourhood = new SimulatedNeighbourhood({ members, degree: DEGREE, signatures, seed })
  let done = WARM_UP
  neighbourhood.runSlots(done)
  const each: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begin = process.cpuUsage()
    done += slots
    neighbourhood.runSlots(done)
    const { user, system } = process.cpuUsage(begin)
    each.push((user + system) / (slots * members))
  }
  const { exact } = neighbourhood.result().summary
  const perSecond = Math.round(1e6 / (median(each) ?? Number.NaN))
  return figure(
    {
      name: `CPU of a meter-slot in the simulator, n = ${members}, degree ${DEGREE}, 2 lanes, ${signatures === 'ed25519' ? 'Ed25519' : 'stand-in signatures'}`,
      unit: 'µs',
      ...(signatures === 'stand-in' ? { goal: 50 } : {}),
      note: `${perSecond} meter-slots a second; ${exact} of ${done} totals exact; one process, its garbage collector's threads included`
    },
    each
  )
}

/** Counts key agreements in the whole neighbourhood, and the bytes of the roster message. */
function changes(seed: string, members: number): Figure[] {
  const plan: PlannedOperation[] = [
    { at: 1, do: 'join', meter: members },
    { at: 5, do: 'leave', meter: 3 },
    { at: 9, do: 'crash', meter: 7, phase: 'before-submitting' },
    { at: 14, do: 'restart', meter: 7, journal: 'intact' }
  ]
  const { changes, slots } = simulate({ members, degree: CHANGE_DEGREE, signatures: 'stand-in', seed }, plan, { slots: 18 })
  const of = (kind: string, goal: number): Figure => {
    const found = changes.find(change => change.kind === kind)
    const { own = Number.NaN, others = Number.NaN, again = 0 } = found?.keyAgreements ?? {}
    return figure(
      {
        name: `key agreements for a ${kind}, n = ${members}, degree ${CHANGE_DEGREE}`,
        unit: '',
        counted: true,
        goal,
        note: `roster message ${found?.deltaBytes ?? 0} B for ${found?.changesInDelta ?? 0} change`
      },
      [own + others + again]
    )
  }
  const releases = Math.max(...slots.map(slot => slot.releases))
  const delta = (kind: string): Figure =>
    figure({ name: `roster message of a ${kind}, n = ${members}`, unit: 'B', counted: true, goal: 300 }, [
      changes.find(change => change.kind === kind)?.deltaBytes ?? Number.NaN
    ])
  return [
    of('join', 2 * CHANGE_DEGREE),
    of('leave', 2 * CHANGE_DEGREE),
    of('return', 0),
    figure(
      {
        name: `releases for one crashed member, n = ${members}, degree ${CHANGE_DEGREE}`,
        unit: '',
        counted: true,
        goal: CHANGE_DEGREE
      },
      [releases]
    ),
    delta('join'),
    delta('leave')
  ]
}

/** Measures all figures of the simulator. */
export function simulationFigures(seed: string, members: number, slots: number, rounds: number, sizes: readonly number[]): Figure[] {
  return [
    meterSlot(seed, members, slots, rounds, 'stand-in'),
    meterSlot(seed, members, slots, rounds, 'ed25519'),
    ...sizes.flatMap(size => changes(seed, size))
  ]
}
