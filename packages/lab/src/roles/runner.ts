// What a contender writes to have its roles run in processes: a function a role, and the order in which they are started.
import { type ClockAnchor, type LabClock, labPreset, type NetworkPreset, topicName } from '@hushgrid/network'
import type { HostOperation } from '../meters/operation.ts'
import type { NeighbourhoodOptions } from '../neighbourhood/neighbourhood.ts'
import type { MetersSetting, RoleAccount, RoleEvent, RoleReady, RoleSetting } from './protocol.ts'
import type { RoleName } from './role.ts'

/** What a role is run with, in its process. */
export interface RoleContext {
  readonly clock: LabClock
  readonly tell: (event: RoleEvent) => void
  /** Told of a failure after which the role cannot go on. */
  readonly fail: (cause: unknown) => void
  /** Ends what a role waits for while it starts. */
  readonly signal: AbortSignal
}

/** A role as it runs. */
export interface RunningRole {
  readonly ready: RoleReady
  /** Where a role has a clock beside that of its context. */
  startClock?(anchor: ClockAnchor): void
  operate?(operation: HostOperation): Promise<void>
  account?(): RoleAccount
  stop(): Promise<void>
}

/** Runs a role; `Own` is what it needs beside the setting that all have. */
export type RunRole<Own extends object> = (order: RoleSetting & Own, context: RoleContext) => Promise<RunningRole>

/** A contender's roles, by name: what its module exports as `roles`. */
export type RoleRunners = Readonly<Partial<Record<RoleName, RunRole<never>>>>

/** What a contender has at hand while it starts its roles, one after the other. */
export interface Forming {
  readonly options: NeighbourhoodOptions
  /** The setting of the meters that run from the start. */
  readonly meters: MetersSetting
  /** A role's own folder. */
  folder(role: RoleName): string
  /** Starts a role; resolves once it runs, and with meters once all have joined. */
  start(role: RoleName, setting: object): Promise<RoleReady>
}

/** The roles of a contender, each to run in a process of its own. */
export interface RoleProcesses {
  /** URL of the module that exports them as `roles`; only their processes load it. */
  readonly module: string
  form(forming: Forming): Promise<void>
}

type OwnSetting<Run> = Run extends (order: infer Order, context: RoleContext) => Promise<RunningRole>
  ? Omit<Order, keyof RoleSetting>
  : never

type FormingOf<Runners> = Omit<Forming, 'start'> & {
  start<Role extends keyof Runners & RoleName>(role: Role, setting: OwnSetting<Runners[Role]>): Promise<RoleReady>
}

/** The same, with each role's setting checked against the function that runs it. */
export function roleProcesses<Runners extends RoleRunners>(
  module: string,
  form: (forming: FormingOf<Runners>) => Promise<void>
): RoleProcesses {
  return { module, form }
}

export const LOOPBACK = ['/ip4/127.0.0.1/tcp/0']

/** Limits of the network layer for a neighbourhood on one machine. */
export function presetOf({ network, members }: Pick<RoleSetting, 'network' | 'members'>): NetworkPreset {
  return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
}

/** The account of a role that agrees on no keys. */
export function dropsOnly(drops: Readonly<Record<string, number>>): RoleAccount {
  return { keyAgreements: 0, agreementsOf: {}, drops }
}
