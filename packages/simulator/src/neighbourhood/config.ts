// Configuration of a simulated neighbourhood, with defaults.
import { type CredentialLane, type MeterRules, RECOVERY, type Recovery, type RosterFloors } from '@hushgrid/dcnet'
import { DEFAULT_LANES, DEFAULT_SLOT_SECONDS, type ObisCode, type Slot, slot } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import { type Gauge, UNGAUGED } from '../record/gauge.ts'
import { type LaneReadings, type Readings, readingsByLane } from './lane-readings.ts'
import { syntheticReadings } from './synthetic-readings.ts'

/** Facts of a simulated neighbourhood; each that is left out has a default. */
export interface NeighbourhoodOptions {
  readonly members: number
  readonly name?: string | undefined
  /** Seed of keys, placements, latencies, losses and readings; a run is the same for the same seed. */
  readonly seed?: string | undefined
  readonly slotSeconds?: number | undefined
  readonly lanes?: readonly ObisCode[] | undefined
  /** Lanes that a meter can fill, and whether its household consents to be seen in a sum of few; all, without consent, unless given. */
  readonly lanesOf?: ((meter: number) => readonly CredentialLane[]) | undefined
  /** Fewest members able to fill a lane in any sum; minMembers unless given. */
  readonly support?: number | undefined
  /** Degree, as in a network file. */
  readonly degree?: Network['degree'] | undefined
  /** Shares γ and δ that `auto` plans for. */
  readonly collusion?: number | undefined
  readonly dropout?: number | undefined
  readonly recovery?: Network['recovery'] | undefined
  readonly minMembers?: number | undefined
  readonly changeSlots?: number | undefined
  readonly seasonSlots?: number | undefined
  readonly firstSlot?: number | undefined
  /** Readings; made-up energies where it is left out. */
  readonly readings?: Readings | undefined
  /** Kind of signatures; `stand-in` saves the cost of Ed25519 ({@link StandInSignatures}). */
  readonly signatures?: 'ed25519' | 'stand-in' | undefined
  /** Bounds of a message's latency, protocol ms. */
  readonly latency?: readonly [least: number, most: number] | undefined
  /** Share of all copies that is lost at each try; none unless given. */
  readonly loss?: number | undefined
  /** Time within which the initial members start, protocol ms; 5000 unless given. A scheme's group is announced later anyway. */
  readonly startWithin?: number | undefined
  /** Measures the machines' steps and journals; nothing does unless given. */
  readonly gauge?: Gauge | undefined
  /**
   * Clocks of meters and aggregator. With one of its own a node asks the registrar for the time at its start and every hour;
   * with a shared one, as in a lab, only where the protocol demands it.
   */
  readonly clocks?: 'own' | 'shared' | undefined
  /** Floors that meters insist on; the network's own values unless given. */
  readonly floors?: RosterFloors | undefined
  /** Rules that a meter keeps, to show that a rule is needed; all of them where it is left out. */
  readonly rules?: ((meter: number) => MeterRules) | undefined
}

export interface NeighbourhoodConfig {
  readonly members: number
  readonly name: string
  readonly seed: string
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly lanesOf: (meter: number) => readonly CredentialLane[]
  readonly support: number
  readonly degree: Network['degree']
  readonly collusion: number
  readonly dropout: number
  readonly recovery: Network['recovery']
  readonly recoveryCode: Recovery
  readonly minMembers: number
  readonly changeSlots: number
  readonly seasonSlots: number
  readonly firstSlot: Slot
  readonly readings: LaneReadings
  readonly signatures: 'ed25519' | 'stand-in'
  readonly latency: readonly [least: number, most: number] | undefined
  readonly loss: number | undefined
  readonly startWithin: number
  readonly gauge: Gauge
  readonly clocks: 'own' | 'shared'
  readonly floors: RosterFloors
  readonly rules: ((meter: number) => MeterRules) | undefined
}

/** Slot in 2026, for runs that name none. */
const FIRST_SLOT = 1_970_000

export function neighbourhoodConfig(options: NeighbourhoodOptions): NeighbourhoodConfig {
  const { members, latency } = options
  const seed = options.seed ?? 'simulation'
  const lanes = options.lanes ?? DEFAULT_LANES
  const recovery = options.recovery ?? 'edge-release'
  const minMembers = options.minMembers ?? Math.min(6, members)
  const lanesOf = options.lanesOf ?? (() => lanes.map(obis => ({ obis, consent: false })))
  return {
    members,
    name: options.name ?? 'simulation',
    seed,
    slotSeconds: options.slotSeconds ?? DEFAULT_SLOT_SECONDS,
    lanes,
    lanesOf,
    support: options.support ?? minMembers,
    degree: options.degree ?? 'auto',
    collusion: options.collusion ?? 0.1,
    dropout: options.dropout ?? 0.1,
    recovery,
    recoveryCode: RECOVERY[recovery],
    minMembers,
    changeSlots: options.changeSlots ?? 1,
    seasonSlots: options.seasonSlots ?? Math.floor(86_400 / (options.slotSeconds ?? DEFAULT_SLOT_SECONDS)),
    firstSlot: slot(options.firstSlot ?? FIRST_SLOT),
    readings: readingsByLane(options.readings ?? syntheticReadings(seed, lanes.length), lanes, lanesOf),
    signatures: options.signatures ?? 'ed25519',
    latency,
    loss: options.loss,
    startWithin: options.startWithin ?? 5000,
    gauge: options.gauge ?? UNGAUGED,
    clocks: options.clocks ?? 'own',
    floors: options.floors ?? { minMembers, degree: 2, recovery: 0, support: 1 },
    rules: options.rules
  }
}
