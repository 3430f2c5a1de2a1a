// Start and end of the nodes of all roles.
import type { AsksForTime } from '@hushgrid/dcnet'
import type { NodeInit } from '../libp2p/create.ts'
import type { NetworkNode } from '../libp2p/node.ts'
import { type NetworkPreset, presetNamed } from '../libp2p/presets.ts'
import { AdjustableClock, type ClockAnchor, LabClock, MonotonicClock, type SchedulingClock, SystemClock } from './clock.ts'
import type { ServiceInit } from './role-service.ts'

/** Configuration of a node of any role. */
export interface RoleNodeInit<Output> extends Omit<ServiceInit<Output>, 'node' | 'stranded'>, Pick<NodeInit, 'guests' | 'turnedAway'> {
  /** The network's name. */
  readonly network: string
  readonly preset: NetworkPreset
  readonly listen: readonly string[]
  /** Multiaddrs that others are told instead, as behind a router. */
  readonly announce?: readonly string[] | undefined
}

/** Calls back with each anchor from which on a lab's clock goes at another rate. */
type ClockChanges = (tell: (anchor: ClockAnchor) => void) => void

function labClock(anchor: ClockAnchor, changes: ClockChanges | undefined): LabClock {
  const clock = LabClock.running(anchor)
  changes?.(next => clock.follow(next))
  return clock
}

/** Parts of the network layer that a node's program takes: its clock, and the preset of a name. */
export const networkLayer = {
  clock: (lab: ClockAnchor | undefined, _: AsksForTime, changes?: ClockChanges): SchedulingClock =>
    lab ? labClock(lab, changes) : new SystemClock(),
  preset: presetNamed
}

/** The same for a node that asks the registrar for the time: its clock can be set. */
export const askingNetworkLayer = {
  ...networkLayer,
  clock: (lab: ClockAnchor | undefined, asks: AsksForTime, changes?: ClockChanges): AdjustableClock =>
    new AdjustableClock(lab ? labClock(lab, changes) : asks === 'on-demand' ? new SystemClock() : new MonotonicClock())
}

/** The parts of a node that runs. */
export interface RoleParts {
  readonly service: { stop(): void }
  readonly node: NetworkNode
  readonly store: { close(): void }
}

/** Ends a node: its service first, which speaks through the libp2p node, and its store last, which the service writes to. */
export async function stopRole({ service, node, store }: RoleParts): Promise<void> {
  service.stop()
  await node.stop()
  store.close()
}
