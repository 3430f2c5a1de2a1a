/**
 * Toolkit for a contender of another package: `@hushgrid/lab/contender`. Such a package has two files: its facts with the
 * order in which roles start, and the roles, which only their processes load.
 *
 * ```ts
 * const processes = roleProcesses<typeof roles>(new URL('./roles.ts', import.meta.url).href, async ({ start, meters }) => {
 *   const { address } = await start('aggregator', {})
 *   await start('meter', { aggregator: address, ...meters })
 * })
 * export const toy: Contender = { facts, live: options => new RoleNeighbourhood(options, processes), processes }
 * ```
 *
 * `packages/comparison/src/contenders.ts` then names it. The contender `plain` is written with nothing else.
 *
 * @packageDocumentation
 */

export { type FleetNode, MeterFleet } from '../meters/fleet.ts'
export { laneReadings, readerOf } from '../meters/readings.ts'
export { firstAddress } from '../neighbourhood/first-address.ts'
export { NO_EPOCH } from '../neighbourhood/member-roll.ts'
export { RoleNeighbourhood } from '../roles/neighbourhood.ts'
export type { MetersSetting } from '../roles/protocol.ts'
export { dropsOnly, LOOPBACK, presetOf, type RunRole, roleProcesses } from '../roles/runner.ts'
export type { Contender } from './contender.ts'
