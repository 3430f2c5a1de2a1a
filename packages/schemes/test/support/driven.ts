// Parties as machines, formed and with readings, for tests of the driver.
import {
  addLanes,
  IdentityKey,
  type LaneVector,
  lanesFromIntegers,
  type MeterId,
  type Slot,
  slotTimes,
  zeroLanes
} from '@hushgrid/primitives'
import { groupHash } from '../../src/driver/announcement.ts'
import { sealSchemeEnvelope } from '../../src/driver/envelope.ts'
import type { Outcome, Scheme } from '../../src/scheme.ts'
import { plain } from '../../src/schemes/plain.ts'
import { FIRST, SLOT_SECONDS, VirtualParties } from './virtual-parties.ts'

export const at = (index: number): Slot => (FIRST + index) as Slot
export const times = (index: number) => slotTimes(at(index), SLOT_SECONDS)

export function readingsOf(parties: VirtualParties, index = 0): Map<MeterId, LaneVector> {
  return new Map(parties.group.members.map((id, i) => [id, lanesFromIntegers([100 * (i + 1) + index, i * index])]))
}

/** Beyond what sums hold. */
export const HUGE = lanesFromIntegers([1n << 62n, 0n])

export function sumOf(readings: Iterable<LaneVector>): LaneVector {
  const sum = zeroLanes(2)
  for (const each of readings) addLanes(sum, each)
  return sum
}

export function formed(scheme: () => Scheme = plain, meters = 4): VirtualParties {
  const parties = new VirtualParties({ scheme, meters })
  parties.announce()
  parties.runUntil(times(0).end - 1)
  return parties
}

export function outcomes(parties: VirtualParties): Outcome[] {
  return parties.of('outcome', parties.aggregator).map(({ outcome }) => outcome)
}

/** Gives a message of a party, as it would sign it. */
export function forged(parties: VirtualParties, by: IdentityKey | MeterId, change: Partial<Parameters<typeof sealSchemeEnvelope>[0]> = {}) {
  const identity = by instanceof IdentityKey ? by : parties.party(by).config.identity
  const body = new Uint8Array(16).fill(7)
  const message = { phase: 'slot', slot: FIRST, round: 1, receiver: parties.aggregator, sealed: false, body, ...change } as const
  return sealSchemeEnvelope(message, { scheme: parties.scheme().name, groupHash: groupHash(parties.group, FIRST) }, identity)
}
