// Surroundings of a run from its order: members, readings, churn, network.
import { basename } from 'node:path'
import { runInputs } from '@hushgrid/comparison/inputs'
import { type LabReadings, readerOf, recordedReadings } from '@hushgrid/lab'
import { HushgridError, InvalidArgumentError, readingLanes } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import type { Gauge, NeighbourhoodOptions } from '@hushgrid/simulator'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { RunOrder } from '../../record/order.ts'

/** A neighbourhood's facts for the simulator, and the operations of its churn. */
export interface Setting {
  readonly facts: NeighbourhoodOptions
  readonly churn: readonly PlannedOperation[] | undefined
}

type Wish = Parameters<typeof runInputs>[0]

/**
 * Conditions of every run. Clocks agree, as the schemes of the literature take for granted, so that the DC-net's nodes ask
 * for the time no oftener than in a lab; all meters start at once, so that a setup lasts as long as its messages take.
 */
const CONDITIONS = { clocks: 'shared', startWithin: 0, signatures: 'ed25519' } as const

/**
 * Makes the surroundings of a run: the same for all contenders of a repeat.
 *
 * @param slots - slots of the run, warm-up and changes included
 */
export async function settingOf(order: RunOrder, slots: number, gauge: Gauge): Promise<Setting> {
  const { network, readings, churn } = runInputs(await inputsWish(order))
  const { point, seed } = order
  if (readings.endSlot !== undefined && readings.endSlot - readings.firstSlot < slots)
    throw new HushgridError(`readings: expected those of ${slots} slots, got ${readings.endSlot - readings.firstSlot}`)
  const { lanes, ...rest } = network
  const { firstSlot } = readings
  const facts = { ...rest, ...CONDITIONS, lanes: laneCodes({ lanes }), seed, firstSlot, readings: readerFor(readings, network), gauge }
  return { facts: { ...facts, latency: latencyOf(point.delayMs), loss: point.loss }, churn }
}

async function inputsWish({ point, seed, slots, warmUpSlots: warmUp, slotSeconds, lanes, data }: RunOrder): Promise<Wish> {
  const { n, degree, gamma, churn } = point
  const recorded = data === undefined ? undefined : { recording: await recordedReadings(data, {}, slotSeconds), name: basename(data) }
  const network = { slotSeconds, lanes: lanes.map(obis => ({ obis })), degree: degree ?? undefined, collusion: gamma ?? undefined }
  return { n, network, churn: churn ?? undefined, slots, warmUp, seed, recorded }
}

/** All homes can fill all lanes, with 0 where they have nothing in one: a total is exact only if every lane is. */
function readerFor({ recipe }: LabReadings, network: Network): NonNullable<NeighbourhoodOptions['readings']> {
  const read = readerOf(recipe)
  const lanes = laneCodes(network)
  return (meter, slot) => {
    const reading = read(meter, slot, lanes)
    return reading && readingLanes(reading)
  }
}

/**
 * Gives the bounds between which delays of a mean are drawn evenly: half of it and half as much again, as on lines of one
 * neighbourhood that differ in length and load.
 *
 * @throws InvalidArgumentError where it is no whole number of milliseconds
 */
function latencyOf(mean: number): readonly [least: number, most: number] {
  if (!(Number.isInteger(mean) && mean >= 0 && mean <= 30_000))
    throw new InvalidArgumentError('delayMs', 'whole milliseconds from 0 to 30000', String(mean))
  const least = Math.ceil(mean / 2)
  return [least, 2 * mean - least]
}
