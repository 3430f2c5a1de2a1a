// Readings of simulated households in the lanes of a roster, which may lack some of the network's.
import type { CredentialLane } from '@hushgrid/dcnet'
import { type LaneVector, type ObisCode, type Slot, zeroLanes } from '@hushgrid/primitives'

/** Gives the household's reading of a slot in all lanes of the network; undefined is a gap. */
export type Readings = (meter: number, slot: Slot) => LaneVector | undefined

/** Gives a household's reading in these lanes as a fresh vector, since a machine wipes it; undefined is a gap. */
export type LaneReadings = (meter: number, slot: Slot, lanes: readonly ObisCode[]) => LaneVector | undefined

/** Picks readings by lane; a lane that a household cannot fill is 0. */
export function readingsByLane(
  readings: Readings,
  network: readonly ObisCode[],
  lanesOf: (meter: number) => readonly Pick<CredentialLane, 'obis'>[]
): LaneReadings {
  return (meter, slot, lanes) => {
    const reading = readings(meter, slot)
    if (!reading) return undefined
    const filled = new Set(lanesOf(meter).map(({ obis }) => obis))
    const picked = zeroLanes(lanes.length)
    lanes.forEach((obis, lane) => {
      if (filled.has(obis)) picked[lane] = reading[network.indexOf(obis)] as bigint
    })
    return picked
  }
}
