// Parts of the benchmark, with their sizes in a full run and in a tiny one.

import { type Figure, figure } from '../results/measure.ts'
import { codecFigures } from './arithmetic/codec.ts'
import { doubleMaskFigures } from './arithmetic/double-mask.ts'
import { keyFigures } from './arithmetic/keys.ts'
import { maskGraphFigures } from './arithmetic/mask-graph.ts'
import { maskFigures } from './arithmetic/masks.ts'
import { sumFigures } from './arithmetic/sums.ts'
import { billingFigures } from './billing/billing.ts'
import { manyBillsFigures } from './billing/many-bills.ts'
import type { Part } from './names.ts'
import { paillierFigures } from './paillier/paillier.ts'
import { readingProofFigures } from './paillier/reading-proof.ts'
import { simulationFigures } from './whole/simulation.ts'
import { socketFigures } from './whole/slot-over-sockets.ts'
import { visitorFigures } from './whole/visitors.ts'
import { type CommandRun, runCommandOnce } from './whole/whole-command.ts'

/** Sizes of what is measured. */
export interface Sizes {
  readonly rounds: number
  readonly summedMembers: readonly number[]
  readonly batchedReadings: number
  readonly maskedMembers: number
  readonly maskedSlots: number
  readonly graphMembers: number
  readonly paillierBits: readonly number[]
  readonly billedReadings: number
  readonly billsPerCore: number
  readonly socketMembers: number
  readonly socketSlots: number
  readonly socketRounds: number
  /** Real length of a slot over sockets, ms. */
  readonly socketSlotMs: number
  readonly visitorRounds: number
  /** Number of visits a round. */
  readonly visits: number
  readonly startMembers: number
  readonly startRuns: number
  readonly townMembers: number
  readonly townSlots: number
  readonly simulatedMembers: number
  readonly simulatedSlots: number
  readonly simulatedRounds: number
  readonly changedMembers: readonly number[]
}

/** Sizes of a full run. */
export const FULL: Sizes = {
  rounds: 9,
  summedMembers: [50, 1000],
  batchedReadings: 50,
  maskedMembers: 50,
  maskedSlots: 96,
  graphMembers: 500,
  paillierBits: [2048, 3072],
  billedReadings: 1344,
  billsPerCore: 20,
  socketMembers: 50,
  socketSlots: 12,
  socketRounds: 3,
  socketSlotMs: 1000,
  visitorRounds: 5,
  visits: 40,
  startMembers: 50,
  startRuns: 5,
  townMembers: 500,
  townSlots: 20,
  simulatedMembers: 1000,
  simulatedSlots: 5,
  simulatedRounds: 5,
  changedMembers: [50, 200, 800]
}

/** Smallest sizes, which show that everything still runs. */
export const TINY: Sizes = {
  rounds: 2,
  summedMembers: [20],
  batchedReadings: 10,
  maskedMembers: 24,
  maskedSlots: 3,
  graphMembers: 100,
  paillierBits: [512],
  billedReadings: 48,
  billsPerCore: 4,
  socketMembers: 6,
  socketSlots: 1,
  socketRounds: 1,
  socketSlotMs: 1000,
  visitorRounds: 1,
  visits: 3,
  startMembers: 6,
  startRuns: 1,
  townMembers: 8,
  townSlots: 3,
  simulatedMembers: 30,
  simulatedSlots: 1,
  simulatedRounds: 1,
  changedMembers: [50]
}

const firstTotal = (members: number): string => `from the command to the first exact total, n = ${members}`

/** Slots to run until the first exact total, which is timed; the first slot may be lost on a busy machine. */
const START_SLOTS = 3

async function startFigures(seed: string, members: number, runs: number): Promise<Figure[]> {
  const done: CommandRun[] = []
  for (let i = 0; i < runs; i++) done.push(await runCommandOnce(seed, members, START_SLOTS))
  const disturbed = done.find(run => run.disturbed !== undefined)?.disturbed
  return [
    figure(
      { name: firstTotal(members), unit: 's', goal: 4, ...(disturbed !== undefined && { disturbed }) },
      done.map(run => run.firstTotalMs / 1000)
    )
  ]
}

async function townFigures(seed: string, members: number, slots: number): Promise<Figure[]> {
  const run = await runCommandOnce(seed, members, slots)
  const n = `n = ${members}`
  const load = run.disturbed === undefined ? {} : { disturbed: run.disturbed }
  return [
    figure({ name: firstTotal(members), unit: 's', goal: 30, ...load }, [run.firstTotalMs / 1000]),
    figure({ name: `memory of all processes, ${n}`, unit: 'MB', goal: 700, ...load }, [run.rssBytes / 1e6]),
    figure({ name: `slots that were not exact, ${n}`, unit: `of ${run.slots}`, counted: true, goal: 0, ...load }, [run.slots - run.exact]),
    figure({ name: `CPU of a slot, ${n}, all nodes`, unit: 'ms', ...load }, [run.cpuMs])
  ]
}

/** Measures one part; the seed fixes all draws but the keys that live nodes make. */
export function measurePart(part: Part, sizes: Sizes, seed: string): Figure[] | Promise<Figure[]> {
  const { rounds } = sizes
  switch (part) {
    case 'computation':
      return [
        ...maskFigures(seed, rounds),
        ...sumFigures(seed, rounds, sizes.summedMembers),
        ...keyFigures(seed, rounds),
        ...maskGraphFigures(seed, rounds, sizes.graphMembers)
      ]
    case 'codec':
      return codecFigures(seed, rounds, sizes.batchedReadings)
    case 'double-mask':
      return doubleMaskFigures(seed, sizes.maskedMembers, sizes.maskedSlots, rounds)
    case 'paillier':
      return paillierFigures(seed, rounds, sizes.paillierBits)
    case 'reading-proof':
      return readingProofFigures(seed, rounds, sizes.paillierBits)
    case 'billing':
      return manyBillsFigures(seed, rounds, sizes.billedReadings, sizes.billsPerCore).then(many => [
        ...billingFigures(seed, rounds, sizes.billedReadings),
        ...many
      ])
    case 'simulation':
      return simulationFigures(seed, sizes.simulatedMembers, sizes.simulatedSlots, sizes.simulatedRounds, sizes.changedMembers)
    case 'sockets':
      return socketFigures(seed, sizes.socketMembers, sizes.socketSlots, sizes.socketRounds, sizes.socketSlotMs)
    case 'visitors':
      return visitorFigures(sizes.visitorRounds, sizes.visits)
    case 'start':
      return startFigures(seed, sizes.startMembers, sizes.startRuns)
    case 'town':
      return townFigures(seed, sizes.townMembers, sizes.townSlots)
  }
}
