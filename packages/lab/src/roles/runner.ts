import type { HostOperation } from '../meters/meter-host.ts'
import type { LabClock } from '@hushgrid/network'
import type { RoleEvent, RoleOrder, RoleReady, RoleSample } from './protocol.ts'

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
  operate?(operation: HostOperation): Promise<void>
  /** What is not the process's but the role's. */
  account?(): Pick<RoleSample, 'keyAgreements' | 'agreementsOf' | 'drops'>
  stop(): Promise<void>
}

/** The order of one role. */
export type OrderOf<Role extends RoleOrder['role']> = Extract<RoleOrder, { role: Role }>

export const LOOPBACK = ['/ip4/127.0.0.1/tcp/0']
