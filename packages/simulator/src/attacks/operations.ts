import { slotTimes } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import { attack } from './attacks.ts'

type Crash = Extract<PlannedOperation, { do: 'crash' }>

/** Has the operations of a plan happen at their moments. */
export function applyPlan(neighbourhood: SimulatedNeighbourhood, plan: readonly PlannedOperation[]): void {
  for (const operation of plan) {
    if (operation.do === 'crash') planCrash(neighbourhood, operation)
    else if (operation.do === 'attack') attack(neighbourhood, operation)
    else neighbourhood.schedule(operation.at, () => apply(neighbourhood, operation))
  }
}

function apply(neighbourhood: SimulatedNeighbourhood, operation: Exclude<PlannedOperation, { do: 'crash' | 'attack' }>): void {
  switch (operation.do) {
    case 'join':
      neighbourhood.join(operation.meter)
      return
    case 'leave':
      neighbourhood.leave(operation.meter)
      return
    case 'restart':
      neighbourhood.restart(operation.meter, operation.journal)
      return
    case 'partition':
      neighbourhood.partition(operation.meters)
      return
    case 'heal':
      neighbourhood.heal()
      return
    case 'delay':
      forEach(neighbourhood, operation.meters, peer => neighbourhood.network.setDelay(peer, operation.seconds * 1000))
      return
    case 'loss':
      forEach(neighbourhood, operation.meters, peer => neighbourhood.network.setLoss(peer, operation.rate))
      return
    case 'skew':
      for (const [meter, seconds] of operation.offsets) neighbourhood.meter(meter).offset = seconds * 1000
      return
    case 'aggregator-crash':
      neighbourhood.crashAggregator()
      return
    case 'aggregator-restart':
      neighbourhood.restartAggregator()
      return
    case 'registrar-crash':
      neighbourhood.crashRegistrar()
      return
    case 'registrar-restart':
      neighbourhood.restartRegistrar()
      return
  }
}

/** Every message but those between the two roles has a meter at one end. */
function forEach(neighbourhood: SimulatedNeighbourhood, meters: readonly number[] | 'all', set: (peer: number) => void): void {
  if (meters === 'all') for (const node of neighbourhood.meters.values()) set(node.number)
  else for (const meter of meters) set(neighbourhood.meter(meter).number)
}

/** A crash comes by the meter's own clock, which may be ahead: it is armed a unit before, where there is a moment to wait for. */
function planCrash(neighbourhood: SimulatedNeighbourhood, { at, meter, phase }: Crash): void {
  const { slotSeconds } = neighbourhood.config
  const slot = neighbourhood.slot(Math.max(0, Math.ceil(at)))
  const { deadline } = slotTimes(slot, slotSeconds)
  if (phase === 'while-releasing') neighbourhood.schedule(at, () => neighbourhood.armCrash(meter, phase, slot))
  else if (phase === 'after-submitting') {
    neighbourhood.schedule(at - 1 / 16, () => neighbourhood.armCrash(meter, phase, slot))
    // With nothing to submit it crashes all the same.
    neighbourhood.network.at(Math.max(deadline, neighbourhood.network.now), () => {
      if (neighbourhood.meter(meter).crashAt?.slot === slot) neighbourhood.crash(meter)
    })
  } else {
    if (Number.isInteger(at)) neighbourhood.schedule(at - 1 / 16, () => neighbourhood.armCrash(meter, phase, slot))
    neighbourhood.schedule(at, () => neighbourhood.crash(meter))
  }
}
