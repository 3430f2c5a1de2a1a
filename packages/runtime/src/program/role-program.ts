// Program of a node of any role, from its command line to its end. A role brings its own parts as one object: options,
// checks, its store and service, the events of its log.
import { type Clock, type Slot, slotAt } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import type { Command } from 'commander'
import type { FolderRole } from '../files/folder-role.ts'
import { readNetwork } from '../inputs/network-file.ts'
import { noCommand, runCommand } from './command.ts'
import { failWith } from './failure.ts'
import { commandsText } from './help.ts'
import type { LogLines } from './log-lines.ts'
import { type LabClockSetting, listensOnLoopbackOnly, type NodeOptions, nodeCommand, type PresetName } from './node-command.ts'
import type { Fields, NodeEvents } from './node-events.ts'
import { runNode, type StartedNode } from './node-lifecycle.ts'
import { hearLabClock } from './signals.ts'

/** Command line of a node. */
export interface RoleCommand<O extends NodeOptions> {
  /** Name in the command `pnpm node:ROLE`. */
  readonly role: string
  readonly description: string
  /** Multiaddr to listen on unless another is given. */
  readonly listen: string
  /** Adds the options that only this role has. */
  options(command: Command): Command
  /** Text of `--help` below the options. */
  readonly examples: string
  /** Further commands, such as `id`, by name. */
  readonly others?: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>>
  run(options: O): Promise<void>
}

/**
 * Makes the main function of a node's program, which runs the command and sets the exit status.
 *
 * @returns a function of the arguments as in `process.argv`
 */
export function roleMain<O extends NodeOptions>(role: RoleCommand<O>): (argv: readonly string[]) => Promise<void> {
  return async argv => {
    const [, , word = ''] = argv
    const other = role.others && Object.hasOwn(role.others, word) ? role.others[word] : undefined
    if (other) {
      await other(argv.toSpliced(2, 1))
      return
    }
    const others = Object.keys(role.others ?? {})
    if (word !== '' && !word.startsWith('-')) {
      failWith(noCommand(`pnpm node:${role.role}`, word, others))
      return
    }
    const command = role.options(nodeCommand(`pnpm node:${role.role}`, role.description, role.listen))
    await runCommand(
      command.addHelpText('after', commandsText(others) + role.examples).action((options: O) => role.run(options)),
      argv
    )
  }
}

/**
 * Occasions on which a node asks the registrar for the time (PROTOCOL.md section 3): at its start and in every hour outside
 * a lab, at its start in a lab, on demand alone where all nodes are on this machine and share its clock.
 */
type AsksForTime = 'hourly' | 'at-start' | 'on-demand'

/** Functions of the network layer, handed in since packages of one level do not import each other. */
interface NetworkLayer<C extends Clock, P> {
  /** @param changes - takes who wants to hear of other rates of the lab's clock */
  clock(lab: LabClockSetting | undefined, asks: AsksForTime, changes?: (tell: (anchor: LabClockSetting) => void) => void): C
  preset(name: PresetName, network: string, members: number): P
}

/** Setting that every role makes its node with. */
interface NodeSetting<C extends Clock, P> {
  /** Name of the network. */
  readonly network: string
  readonly slotSeconds: number
  readonly clock: C
  readonly asks: AsksForTime
  readonly preset: P
  readonly listen: readonly string[]
  readonly announce: readonly string[] | undefined
  /** Called whenever somebody is turned away, with the reason; counted among what is dropped. */
  readonly turnedAway: (why: string) => void
  readonly warn: (problem: string) => void
  readonly fail: (cause: unknown) => void
}

/** Arguments of a role's start. */
interface RoleStart<C extends Clock, P, E extends NodeEvents, R> {
  readonly network: Network
  /** Result of `prepare`. */
  readonly prepared: R
  readonly setting: NodeSetting<C, P>
  readonly log: LogLines
  readonly events: E
  /** Logs the node's settings. A role that waits for others calls it before the wait, the rest once their node is up. */
  starting(more?: Fields): void
}

/** Node of a role that listens. */
interface RoleNode extends StartedNode {
  readonly id: string
  readonly addresses: readonly string[]
}

/** Parts that one role brings to its program. */
export interface Role<C extends Clock, P, E extends NodeEvents, R> {
  /** Name that stands in each line of the log. */
  readonly name: FolderRole
  readonly options: NodeOptions
  readonly layer: NetworkLayer<C, P>
  readonly Events: new (log: LogLines, slotSeconds: number, slotNow: () => Slot) => E
  /**
   * Checks the options, and reads the files that they name, before anything is made or claimed.
   *
   * @throws HushgridError
   */
  prepare(network: Network, clock: C, preset: PresetName): R | Promise<R>
  /** Counts the nodes that may connect to this one; the network's members unless given. */
  peers?(prepared: R, network: Network): number
  /** Opens the store in the claimed folder, and starts the node. */
  start(start: RoleStart<C, P, E, R>): Promise<RoleNode>
}

/**
 * Runs a role's node to its end, in the same order for all roles: network file, checks, claim of the data folder, store and
 * node, log of the start, and the stop of all of them.
 *
 * @throws HushgridError about the person's input
 */
export async function runRole<C extends Clock, P, E extends NodeEvents, R>(role: Role<C, P, E, R>): Promise<void> {
  const { name, options, layer } = role
  const { dataDir, labClock, listen, announce, json } = options
  const network = readNetwork(options.network)
  const { slotSeconds } = network
  const onThisMachine = listensOnLoopbackOnly(listen)
  const preset = options.preset ?? (onThisMachine ? 'lab' : 'field')
  const asks = preset === 'field' && !labClock ? 'hourly' : onThisMachine ? 'on-demand' : 'at-start'
  const clock = layer.clock(labClock, asks, hearLabClock)
  await runNode({ role: name, json }, async ({ log, fail, claimFolder }) => {
    const prepared = await role.prepare(network, clock, preset)
    const events = new role.Events(log, slotSeconds, () => slotAt(clock.now(), slotSeconds))
    claimFolder(dataDir, name)
    const setting: NodeSetting<C, P> = {
      network: network.name,
      slotSeconds,
      clock,
      asks,
      preset: layer.preset(preset, network.name, role.peers?.(prepared, network) ?? network.members),
      listen,
      announce,
      turnedAway: why => events.dropped(why),
      warn: problem => events.trouble(problem),
      fail
    }
    const starting = (more: Fields = {}): void => events.starting({ network, preset, clock, labClock, more })
    const node = await role.start({ network, prepared, setting, log, events, starting })
    events.listening(node.id, node.addresses)
    return {
      ...node,
      stop: async () => {
        events.flush()
        await node.stop()
      }
    }
  })
}
