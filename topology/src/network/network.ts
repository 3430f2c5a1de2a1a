// A network: what its file comes to once every default is filled in.
import {
  defaultMaxReading,
  InvalidArgumentError,
  type LaneTerms,
  type MeterId,
  type Millis,
  meterId,
  millis,
  type ObisCode,
  obisCode
} from '@hushgrid/primitives'
import type { RecoveryMode } from '../ring/recovery.ts'
import { type NetworkFields, slotMisfits, startMillis, usualSeasonSlots } from './network-schema.ts'

/** A network as its file describes it. Frozen. */
export interface Network {
  readonly name: string
  readonly description?: string
  /** Length of a slot, s. */
  readonly slotSeconds: number
  /** Changes begin at slots that are a multiple of this (PROTOCOL.md section 8). */
  readonly changeSlots: number
  /** Length of a season in slots, at most seven days. */
  readonly seasonSlots: number
  readonly lanes: readonly LaneTerms[]
  /** How many meters people start with. */
  readonly members: number
  readonly degree: 'auto' | 'complete' | number
  readonly recovery: RecoveryMode
  readonly minMembers: number
  /** γ, what `auto` plans for. */
  readonly collusion: number
  /** δ, what `auto` plans for. */
  readonly dropout: number
  /** Start of a lab's first slot. */
  readonly start?: Millis
  /** Key of the dealer, in the notation of meter ids. */
  readonly dealerKey?: MeterId
}

/** Keys of a network that a run may set otherwise than its file; written as in the file. */
export type NetworkChanges = {
  readonly [Key in Exclude<keyof NetworkFields, 'description' | 'start'>]?: NetworkFields[Key] | undefined
}

/** Fills in what follows from other keys, and freezes. */
export function networkFrom({ description, start, dealerKey, lanes, seasonSlots, ...rest }: NetworkFields): Network {
  return Object.freeze({
    ...rest,
    seasonSlots: seasonSlots ?? usualSeasonSlots(rest.slotSeconds),
    lanes: Object.freeze(lanes.map(lane => laneFrom(lane, rest))),
    ...(description !== undefined && { description }),
    ...(start !== undefined && { start: millis(startMillis(start)) }),
    ...(dealerKey !== undefined && { dealerKey: meterId(dealerKey.toLowerCase()) })
  })
}

function laneFrom(written: NetworkFields['lanes'][number], { slotSeconds, minMembers }: UsualBy): LaneTerms {
  const {
    obis,
    maxReading = defaultMaxReading(slotSeconds),
    support = minMembers
  } = typeof written === 'string' ? { obis: written } : written
  return Object.freeze({ obis: obisCode(obis), maxReading, support })
}

type UsualBy = Pick<Network, 'slotSeconds' | 'minMembers'>

/**
 * Network with some keys set otherwise; without its description where that makes it another network. A season, a maxReading and a support that are what they would be unless set
 * follow the new slotSeconds and minMembers. What fits the number of members is not checked: a run may have any.
 *
 * @throws InvalidArgumentError where season, change slots or start do not fit the length of a slot
 */
export function changeNetwork(network: Network, changes: NetworkChanges): Network {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<NetworkFields>
  const { lanes, seasonSlots, start, description, ...rest } = network
  const isSame = Object.entries(given).every(([key, value]) => JSON.stringify(value) === JSON.stringify(network[key as keyof Network]))
  const unlessUsual = <Value>(value: Value, usual: Value): Value | undefined => (value === usual ? undefined : value)
  const fields = {
    ...rest,
    // Leaves out the description of what is another network now.
    ...(isSame && description !== undefined && { description }),
    seasonSlots: unlessUsual(seasonSlots, usualSeasonSlots(network.slotSeconds)),
    lanes: lanes.map(({ obis, maxReading, support }) => ({
      obis,
      maxReading: unlessUsual(maxReading, defaultMaxReading(network.slotSeconds)),
      support: unlessUsual(support, network.minMembers)
    })),
    start: start === undefined ? undefined : Temporal.Instant.fromEpochMilliseconds(start).toString(),
    ...given
  }
  const [misfit] = slotMisfits(fields)
  if (misfit) {
    const key = String(misfit.path[0])
    throw new InvalidArgumentError(key, misfit.expected, String(fields[key as 'changeSlots'] ?? 'the default'))
  }
  return networkFrom(fields)
}

/** OBIS codes of a network's lanes, in their order. */
export function laneCodes({ lanes }: Pick<Network, 'lanes'>): ObisCode[] {
  return lanes.map(({ obis }) => obis)
}
