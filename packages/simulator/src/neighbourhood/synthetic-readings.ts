import { SeededRng, zeroLanes } from '@hushgrid/primitives'
import type { Readings } from './lane-readings.ts'

/** Bound of a slot's energies, Wh: 4 kW over a quarter of an hour. */
const LIMIT = 1000

/** Makes up energies, Wh, one value a lane, from seed, meter, slot and lane alone. */
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
