// What the simulator manages, and what a change of the membership costs in it.
import { type PlannedOperation, SimulatedNeighbourhood, simulate } from '@hushgrid/simulator'
import { median } from '../lab/run.ts'
import type { Figure } from './measure.ts'

/** Slots before the first that is timed: a machine that has just been started is compiled on the way. */
const WARM_UP = 4
const DEGREE = 22
/** Degree of the figures for changes, whatever n is. */
const CHANGE_DEGREE = 14

/** CPU of one core a meter-slot through the full state machines: meter, aggregator, witness, and the total at every meter. */
function meterSlot(members: number, slots: number, rounds: number, signatures: 'stand-in' | 'ed25519'): Figure {
  const neighbourhood = new SimulatedNeighbourhood({ members, degree: DEGREE, signatures, seed: 'bench' })
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
  const value = median(each) ?? Number.NaN
  const perSecond = Math.round(1e6 / value)
  return {
    name: `CPU of a meter-slot in the simulator, n = ${members}, degree ${DEGREE}, 2 lanes, ${signatures === 'ed25519' ? 'Ed25519' : 'stand-in signatures'}`,
    unit: 'µs',
    value,
    ...(signatures === 'stand-in' ? { goal: 50 } : {}),
    runs: rounds,
    note: `${perSecond} meter-slots a second; ${exact} of ${done} totals exact; one process, its garbage collector's threads included`
  }
}

/** Key agreements in the whole neighbourhood, and the size of the roster message. */
function changes(members: number): Figure[] {
  const plan: PlannedOperation[] = [
    { at: 1, do: 'join', meter: members },
    { at: 5, do: 'leave', meter: 3 },
    { at: 9, do: 'crash', meter: 7, phase: 'before-submitting' },
    { at: 14, do: 'restart', meter: 7, journal: 'intact' }
  ]
  const { changes, slots } = simulate({ members, degree: CHANGE_DEGREE, signatures: 'stand-in', seed: 'bench' }, plan, { slots: 18 })
  const of = (kind: string, goal: number): Figure => {
    const found = changes.find(change => change.kind === kind)
    const { own = Number.NaN, others = Number.NaN, again = 0 } = found?.keyAgreements ?? {}
    return {
      name: `key agreements for a ${kind}, n = ${members}, degree ${CHANGE_DEGREE}`,
      unit: '',
      value: own + others + again,
      goal,
      runs: 1,
      note: `roster message ${found?.deltaBytes ?? 0} B for ${found?.changesInDelta ?? 0} change`
    }
  }
  const releases = Math.max(...slots.map(slot => slot.releases))
  const delta = (kind: string): Figure => ({
    name: `roster message of a ${kind}, n = ${members}`,
    unit: 'B',
    value: changes.find(change => change.kind === kind)?.deltaBytes ?? Number.NaN,
    goal: 300,
    runs: 1
  })
  return [
    of('join', 2 * CHANGE_DEGREE),
    of('leave', 2 * CHANGE_DEGREE),
    of('return', 0),
    {
      name: `releases for one crashed member, n = ${members}, degree ${CHANGE_DEGREE}`,
      unit: '',
      value: releases,
      goal: CHANGE_DEGREE,
      runs: 1
    },
    delta('join'),
    delta('leave')
  ]
}

/** All figures of the simulator. */
export function simulationFigures(members: number, slots: number, rounds: number, sizes: readonly number[]): Figure[] {
  return [meterSlot(members, slots, rounds, 'stand-in'), meterSlot(members, slots, rounds, 'ed25519'), ...sizes.flatMap(changes)]
}
