// Messages to and from the process of one role. Each role of a compared neighbourhood runs in a process of its own, so that
// its CPU time, its bytes and its memory are its own.
import type { SlotResult } from '@hushgrid/dcnet'
import type { ClockAnchor } from '@hushgrid/network'
import type { MeterId, Millis, Slot } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import type { Stall } from '../meters/event-loop-lag.ts'
import type { HostOperation } from '../meters/operation.ts'
import type { ReadingsRecipe } from '../meters/readings.ts'
import type { Membership, RegistrarNews } from '../neighbourhood/neighbourhood.ts'
import type { RoleName } from './role.ts'

/** Setting that every role needs. */
export interface RoleSetting {
  readonly network: Network
  readonly members: number
  readonly firstSlot: Slot
  /** Time that the clock shows until it is started. */
  readonly before: Millis
  /** The role's own folder for keys and state. */
  readonly state: string
}

/** Meters of a process, and their readings. */
export interface MetersSetting {
  readonly households: readonly number[]
  readonly recipe: ReadingsRecipe
}

/** Order to run a role. */
export interface RoleOrder {
  readonly role: RoleName
  /** URL of the module that exports the contender's roles. */
  readonly module: string
  /** Common setting, with this role's own additions. */
  readonly setting: RoleSetting
}

/** Message to the process. */
export type ToRole =
  | { readonly type: 'start'; readonly order: RoleOrder }
  | { readonly type: 'clock'; readonly anchor: ClockAnchor }
  | { readonly type: 'operate'; readonly token: number; readonly operation: HostOperation }
  | { readonly type: 'sample'; readonly token: number }
  | { readonly type: 'stop' }

/** Resources that one role's process used in some time. */
export interface RoleCost {
  /** CPU time, user and system, all threads, ms. */
  readonly cpuMs: number
  /** Bytes written to TCP sockets, and read: after Noise and yamux, gossip's own traffic included. */
  readonly sentBytes: number
  readonly receivedBytes: number
  /** Messages handed to libp2p, counted once for each receiving peer, and taken from it. Gossip's repetitions do not count. */
  readonly sentMessages: number
  readonly receivedMessages: number
  /** Bytes of these messages alone. */
  readonly sentPayload: number
  readonly receivedPayload: number
}

/** Resources and events that a process has counted so far. */
export interface RoleSample extends RoleCost, RoleAccount {
  /** Peak resident set size, bytes. */
  readonly peakRss: number
  /** Times since the sample before in which the process's event loop was late. */
  readonly stalls: readonly Stall[]
}

/** The part of a sample that a role counts itself. */
export interface RoleAccount {
  /** Number of key agreements of all meters that run here. */
  readonly keyAgreements: number
  readonly agreementsOf: Readonly<Record<number, number>>
  readonly drops: Readonly<Record<string, number>>
}

/** Event in the process. */
export type RoleEvent =
  | { readonly type: 'identity'; readonly household: number; readonly id: MeterId }
  /** Total of a slot, from the role where it ends up, or its loss; `at` is the real moment. A concentrator knows no totals. */
  | { readonly type: 'result'; readonly result: SlotResult; readonly at: number }
  /** Members without whom a concentrator closed a slot. */
  | { readonly type: 'missing'; readonly slot: Slot; readonly missing: readonly MeterId[] }
  /** An aggregator's request for recovery. */
  | { readonly type: 'requested'; readonly slot: Slot }
  | { readonly type: 'membership'; readonly membership: Membership }
  /** One member more or less, where there are no rosters. */
  | { readonly type: 'member'; readonly id: MeterId; readonly what: 'joined' | 'left' }
  | { readonly type: 'news'; readonly news: RegistrarNews }
  | { readonly type: 'warn'; readonly text: string }

/** Facts of a role that runs. */
export interface RoleReady {
  /** Multiaddr that ends in the peer id; empty for meters, which nobody dials. */
  readonly address: string
  readonly id: MeterId | undefined
}

/** Message from the process. */
export type FromRole =
  | RoleEvent
  | { readonly type: 'ready'; readonly ready: RoleReady }
  | { readonly type: 'operated'; readonly token: number; readonly problem?: string }
  | { readonly type: 'sample'; readonly token: number; readonly sample: RoleSample }
  | { readonly type: 'failed'; readonly message: string }
