import type { Store } from '@hushgrid/mdms'
import type { NetworkPreset, SchedulingClock } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import type { BandsOptions, Fields, LogLines, NodeOptions } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import type { DeliveryIntake } from '../bills/delivery-intake.ts'
import type { Pseudonyms } from '../household/pseudonyms.ts'
import type { WebOptions } from '../web/web-options.ts'
import type { MdmsEvents } from './mdms-events.ts'

/** Options that only the path by concentrator and PES has. */
export interface PesOptions {
  readonly bits?: number
  readonly share?: string
  readonly pesKey?: MeterId
  readonly concentratorKey?: MeterId
  readonly minPeriodSlots?: number
}

/** Options of the node. */
export interface MdmsOptions extends NodeOptions, PesOptions, WebOptions, BandsOptions {
  readonly store?: string
  /** Multiaddr of a DC-net's aggregator; without it, results come by concentrator and PES. */
  readonly aggregator?: string
  readonly keepTotals: number
  readonly keepConsumption: number
  readonly keepReadings: number
}

/** Parameters of both modes. */
export interface ModeInit {
  readonly options: MdmsOptions
  readonly network: Network
  readonly clock: SchedulingClock
  readonly preset: NetworkPreset
  readonly turnedAway: (why: string) => void
  readonly log: LogLines
  readonly events: MdmsEvents
  readonly store: Store
  readonly pseudonymOf: Pseudonyms
  /** Takes deliveries of meters and customers. */
  readonly deliveries: DeliveryIntake
  readonly fail: (cause: unknown) => void
}

/** The intake of results, as it runs. */
export interface RunningMode {
  readonly id: MeterId
  readonly addresses: readonly string[]
  /** Further fields of the log's first line. */
  readonly more: Fields
  /** Runs after the start was logged. */
  run(): Promise<void>
  stop(): Promise<void>
}
