// Aggregator and meters without protection, each as a process of its own runs it.
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { laneCodes } from '@hushgrid/topology'
import { laneReadings, MeterFleet, type MetersSetting, presetOf, type RunRole, readerOf } from '../toolkit.ts'
import { runAggregator } from './aggregator.ts'
import { PlainMeter } from './meter.ts'

interface PlainMetersSetting extends MetersSetting {
  /** Multiaddr of the aggregator. */
  readonly aggregator: string
}

const runMeters: RunRole<PlainMetersSetting> = async (order, { clock, tell, fail }) => {
  const { network, state, households, aggregator, firstSlot } = order
  const { slotSeconds } = network
  const lanes = laneCodes(network)
  const read = readerOf(order.recipe)
  const fleet = new MeterFleet({
    clock,
    deeds: ['submission'],
    start: (household, own, did) => {
      const reading = laneReadings(read, household)
      return PlainMeter.start({
        folder: join(state, `meter-${household}`),
        network: network.name,
        slotSeconds,
        preset: presetOf(order),
        aggregator,
        clock: own,
        identity: id => tell({ type: 'identity', household, id }),
        reading: slot => reading(slot, lanes),
        published: () => did('submission'),
        fail: cause => {
          if (!(cause instanceof HushgridError)) tell({ type: 'warn', text: `meter ${household}: ${String(cause)}` })
          else fail(cause)
        }
      })
    }
  })
  await fleet.start(households, household => read(household, firstSlot, lanes))
  return { ready: { address: '', id: undefined }, operate: operation => fleet.operate(operation), stop: () => fleet.stop() }
}

export const roles = { aggregator: runAggregator, meter: runMeters }
