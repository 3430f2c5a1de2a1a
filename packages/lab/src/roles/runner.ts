// Parts that a contender writes to run its roles in processes: a function for each role, and the order of their start.
import { type ClockAnchor, type LabClock, labPreset, type NetworkPreset, topicName } from '@hushgrid/network'
import type { HostOperation } from '../meters/operation.ts'
import type { NeighbourhoodOptions } from '../neighbourhood/neighbourhood.ts'
import type { MetersSetting, RoleAccount, RoleEvent, RoleReady, RoleSetting } from './protocol.ts'
import type { RoleName } from './role.ts'

/** Context of a role in its process. */
export interface RoleContext {
  readonly clock: LabClock
  readonly tell: (event: RoleEvent) => void
  /** Takes a failure after which the role cannot go on. */
  readonly fail: (cause: unknown) => void
  /** Signal that ends all waits of a starting role. */
  readonly signal: AbortSignal
}

/** A role that runs. */
export interface RunningRole {
  readonly ready: RoleReady
  /** Starts the clock of a role that has one beside its context's. */
  startClock?(anchor: ClockAnchor): void
  operate?(operation: HostOperation): Promise<void>
  account?(): RoleAccount
  stop(): Promise<void>
}

/** Runs a role; `Own` is its setting beside the one that all have. */
export type RunRole<Own extends object> = (order: RoleSetting & Own, context: RoleContext) => Promise<RunningRole>

/** A contender's roles by name, as its module exports them under `roles`. */
export type RoleRunners = Readonly<Partial<Record<RoleName, RunRole<never>>>>

/** Tools of a contender while it starts its roles, one after the other. */
interface Forming {
  readonly options: NeighbourhoodOptions
  /** Setting of the meters that run from the start. */
  readonly meters: MetersSetting
  /** Gives a role's own folder. */
  folder(role: RoleName): string
  /** Starts a role; resolves once it runs, and with meters once all have joined. */
  start(role: RoleName, setting: object): Promise<RoleReady>
}

/** The roles of a contender, each to run in a process of its own. */
export interface RoleProcesses {
  /** URL of the module that exports them as `roles`; only their processes load it. */
  readonly module: string
  /** Message rounds of a slot in which nothing has to be asked for; 1 unless given. */
  readonly rounds?: number
  form(forming: Forming): Promise<void>
}

type OwnSetting<Run> = Run extends (order: infer Order, context: RoleContext) => Promise<RunningRole>
  ? Omit<Order, keyof RoleSetting>
  : never

type FormingOf<Runners> = Omit<Forming, 'start'> & {
  start<Role extends keyof Runners & RoleName>(role: Role, setting: OwnSetting<Runners[Role]>): Promise<RoleReady>
}

/** Makes role processes, with each role's setting type-checked against the function that runs it. */
export function roleProcesses<Runners extends RoleRunners>(
  module: string,
  form: (forming: FormingOf<Runners>) => Promise<void>
): RoleProcesses {
  return { module, form }
}

export const LOOPBACK = ['/ip4/127.0.0.1/tcp/0']

/** Gives the limits of the network layer for a neighbourhood on one machine. */
export function presetOf({ network, members }: Pick<RoleSetting, 'network' | 'members'>): NetworkPreset {
  return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
}

/** Gives the account of a role that agrees on no keys. */
export function dropsOnly(drops: Readonly<Record<string, number>>): RoleAccount {
  return { keyAgreements: 0, agreementsOf: {}, drops }
}
