// What the process of one role is told, and tells: each role of a compared neighbourhood runs in a process of its own, so
// that its CPU time, its bytes and its memory are its own.
import type { SlotResult } from '@hushgrid/dcnet'
import type { HostOperation } from '../meters/meter-host.ts'
import type { Membership, RegistrarNews } from '../neighbourhood/neighbourhood.ts'
import type { ReadingsRecipe } from '../meters/readings.ts'
import type { ClockAnchor } from '@hushgrid/network'
import type { PesLimits, PesVariantName } from '@hushgrid/pes'
import type { MeterId, Millis, ObisCode, Slot } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import type { RoleCost } from '@hushgrid/comparison'

/** What every role has to know. */
export interface RoleSetting {
  readonly network: Network
  readonly members: number
  readonly firstSlot: Slot
  /** What the clock shows until it is started. */
  readonly before: Millis
  /** The role's own folder for keys and state. */
  readonly state: string
}

/** Which meters, and what they read. */
export interface MetersSetting {
  readonly households: readonly number[]
  readonly recipe: ReadingsRecipe
}

/** Which role. Addresses are multiaddrs that end in a peer id. */
export type RoleChoice =
  | { readonly role: 'registrar' }
  | { readonly role: 'aggregator'; readonly registrar: string }
  | ({ readonly role: 'ring-meters'; readonly registrar: string } & MetersSetting)
  /** `share`: file of its share of the key, with `direct`. */
  | { readonly role: 'supplier'; readonly bits: number; readonly share?: string }
  | {
      readonly role: 'pes'
      readonly variant: PesVariantName
      readonly limits: PesLimits
      readonly supplier: string
      readonly concentratorKey: MeterId
      readonly share?: string
    }
  | { readonly role: 'concentrator'; readonly pes: string; readonly supplier: string }
  | ({
      readonly role: 'pes-meters'
      readonly concentrator: string
      readonly pesKey: MeterId
      readonly supplierKey: MeterId
    } & MetersSetting)
  | { readonly role: 'plain-aggregator' }
  | ({ readonly role: 'plain-meters'; readonly aggregator: string } & MetersSetting)

/** A role to run. */
export type RoleOrder = RoleSetting & RoleChoice

/** To the process. */
export type ToRole =
  | { readonly type: 'start'; readonly order: RoleOrder }
  | { readonly type: 'clock'; readonly anchor: ClockAnchor }
  | { readonly type: 'operate'; readonly token: number; readonly operation: HostOperation }
  | { readonly type: 'sample'; readonly token: number }
  | { readonly type: 'stop' }

/** What a process has used and seen so far. */
export interface RoleSample extends RoleCost {
  /** Peak resident set size, bytes. */
  readonly peakRss: number
  /** Of all meters that run here. */
  readonly keyAgreements: number
  readonly agreementsOf: Readonly<Record<number, number>>
  readonly drops: Readonly<Record<string, number>>
}

/** From the process: what happened. */
export type RoleEvent =
  | { readonly type: 'progress'; readonly phase: 'enrol' | 'dial' | 'agree' }
  | { readonly type: 'identity'; readonly household: number; readonly id: MeterId }
  /** A slot's total where it ends up, or its loss; `at` is the real moment. A concentrator does not know totals. */
  | { readonly type: 'result'; readonly result: SlotResult; readonly at: number }
  /** A concentrator closed a slot without these members. */
  | { readonly type: 'missing'; readonly slot: Slot; readonly missing: readonly MeterId[] }
  | { readonly type: 'membership'; readonly membership: Membership }
  /** Where there are no rosters: one member more or less. */
  | { readonly type: 'member'; readonly id: MeterId; readonly what: 'joined' | 'left' }
  | { readonly type: 'news'; readonly news: RegistrarNews }
  | { readonly type: 'warn'; readonly text: string }

/** What is known of a role once it runs. */
export interface RoleReady {
  readonly address: string
  readonly id: MeterId | undefined
  readonly lanes?: readonly ObisCode[]
}

/** From the process. */
export type FromRole =
  | RoleEvent
  | { readonly type: 'ready'; readonly ready: RoleReady }
  | { readonly type: 'operated'; readonly token: number; readonly problem?: string }
  | { readonly type: 'sample'; readonly token: number; readonly sample: RoleSample }
  | { readonly type: 'failed'; readonly message: string }
