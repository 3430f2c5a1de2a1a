// A run that takes no time and measures nothing, for tests of what starts runs and keeps them. What it does is in the name of
// its contender or its seed.
import { HushgridError } from '@hushgrid/primitives'
import type { RunOrder } from '../../src/record/order.ts'
import type { EvaluatedCost, EvaluatedRun } from '../../src/record/run.ts'
import type { RunContext } from '../../src/run/context.ts'

/** Time that a run takes, ms. */
const TAKES = 40

export function run(order: RunOrder, { warn }: RunContext): EvaluatedRun {
  const { contender, repeat } = order.point
  const started = new Date().toISOString()
  if (contender === 'marmol') throw new HushgridError('expected keys that sum to zero, got others')
  if (contender === 'busom') throw new TypeError('turn.group is undefined')
  if (contender === 'vetter') process.exit(3)
  if (contender === 'shi') warn('a slot was late')
  // Blocks its event loop, as a run in virtual time does.
  if (order.seed.startsWith('slow')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, repeat === 0 ? TAKES : 60_000)
  return evaluated(order, started)
}

function evaluated({ point, seed, slots, slotSeconds, warmUpSlots }: RunOrder, started: string): EvaluatedRun {
  const cost: EvaluatedCost = {
    ...{ cpuMs: 1, sentMessages: 1, receivedMessages: 1, sentBytes: 100, receivedBytes: 100 },
    ...{ sentWire: null, receivedWire: null }
  }
  return {
    ...{ format: 'hushgrid-evaluation-run/1', point, seed, started, ended: new Date().toISOString(), slotSeconds, warmUpSlots },
    parties: { meter: point.n, aggregator: 1 },
    setup: { ms: 1, roles: { meter: cost } },
    slots: Array.from({ length: slots }, (_, index) => ({
      ...{ index, phase: 'steady', members: point.n, submitted: point.n, missing: 0, recovered: 0, outcome: 'total', late: false },
      ...{ busy: false, exact: point.contender !== 'ttp', rounds: 1, sinceEndMs: 100, roles: { meter: cost, aggregator: cost } }
    })),
    changes: [],
    storage: {},
    memory: {},
    disturbed: point.contender === 'leontiadis',
    ...(point.contender === 'leontiadis' && { disturbance: 'other programs used 1.9 of 2 cores' }),
    violations: []
  }
}
