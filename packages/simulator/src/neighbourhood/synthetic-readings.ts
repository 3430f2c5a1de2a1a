import { type LaneVector, SeededRng, type Slot, zeroLanes } from '@hushgrid/primitives'

/** The household's reading of a slot; a fresh vector at each call, since a machine wipes it. Undefined is a gap. */
export type Readings = (meter: number, slot: Slot) => LaneVector | undefined

/** Energies of a slot stay below this, Wh: 4 kW over a quarter of an hour. */
const LIMIT = 1000

/** Made-up energies in Wh, of one value in each lane, from nothing but seed, meter, slot and lane. */
export function syntheticReadings(seed: string, lanes: number): Readings {
  const base = new DataView(new SeededRng(`${seed} readings`).bytes(4).buffer).getUint32(0)
  return (meter, slot) => {
    const out = zeroLanes(lanes)
    for (let lane = 0; lane < lanes; lane++) {
      // Multiply and shift (Murmur3's last step): every bit of the input reaches every bit of the output.
      let word = base ^ Math.imul(meter + 1, 0x9e3779b1) ^ Math.imul(slot + 1, 0x85ebca77) ^ Math.imul(lane + 1, 0xc2b2ae3d)
      word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
      out[lane] = BigInt(((word ^ (word >>> 16)) >>> 0) % LIMIT)
    }
    return out
  }
}
