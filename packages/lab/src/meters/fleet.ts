// Meters of one process, whatever path their readings take: their common start, and a scenario's operations on them.
import { rmSync } from 'node:fs'
import { AdjustableClock, type LabClock, type NetworkNode } from '@hushgrid/network'
import { HushgridError, type MeterId } from '@hushgrid/primitives'
import type { HostOperation } from './operation.ts'

/** A meter's node, as far as this module starts and stops it. */
export interface FleetNode {
  readonly node: Pick<NetworkNode, 'blocked'>
  readonly service: { join(): Promise<void>; leave(): Promise<unknown>; stop(): void }
  stop(): Promise<void>
}

/** Deed of a meter after which a scenario may crash it. */
export type MeterDeed = 'submission' | 'request'

/** A household's meter: its clock and, while it runs, its node. */
interface Kept<Node> {
  readonly clock: AdjustableClock
  node: Node | undefined
  /** Deed after which the meter is stopped at once. */
  crashAfter: MeterDeed | undefined
}

export interface FleetInit<Node extends FleetNode> {
  readonly clock: LabClock
  /** Deeds that a crash may wait for; for any other deed it comes at once. */
  readonly deeds: readonly MeterDeed[]
  /** Starts a household's node; `did` must be called once its reading is with libp2p or it has kept a request for masks. */
  readonly start: (household: number, clock: AdjustableClock, did: (deed: MeterDeed) => void) => Promise<Node>
  /** Hears of a node before it crashes, as if its process had been killed. */
  readonly crashing?: (household: number, node: Node) => void
  /** Path of a meter's journal, deleted for a meter that is to lose it; left out where none is kept. */
  readonly journalOf?: (household: number) => string
}

const STARTING_AT_ONCE = 24
const IS_DOWN = 'expected one that runs, got one that is down'
/** Time for a published message to leave before its meter is stopped, ms. */
const CRASH_AFTER_PUBLISH = 20

/** Starts, joins, crashes and stops meters as the lab says. */
export class MeterFleet<Node extends FleetNode> {
  readonly #init: FleetInit<Node>
  readonly #meters = new Map<number, Kept<Node>>()
  #others: readonly MeterId[] = []
  #stopping = false

  constructor(init: FleetInit<Node>) {
    this.#init = init
  }

  /** Gives the nodes that run, by household. */
  *running(): Generator<readonly [household: number, node: Node]> {
    for (const [household, { node }] of this.#meters) if (node) yield [household, node]
  }

  /** Starts some households' meters and has them join, several at once. */
  async start(households: readonly number[], joined: (household: number, node: Node) => void): Promise<void> {
    const waiting = [...households]
    const next = async (): Promise<void> => {
      for (let household = waiting.shift(); household !== undefined && !this.#stopping; household = waiting.shift()) {
        const node = await this.#start(household)
        await node.service.join()
        joined(household, node)
      }
    }
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, next))
  }

  async #start(household: number): Promise<Node> {
    const meter = this.#meters.get(household) ?? { clock: new AdjustableClock(this.#init.clock), node: undefined, crashAfter: undefined }
    this.#meters.set(household, meter)
    const node = await this.#init.start(household, meter.clock, deed => {
      if (meter.crashAfter !== deed) return
      meter.crashAfter = undefined
      // The bytes are with libp2p, which finishes a send that it has begun.
      if (deed === 'submission') setTimeout(() => void this.#crash(household), CRASH_AFTER_PUBLISH)
      else void this.#crash(household)
    })
    // Nobody stops a node that came too late.
    if (this.#stopping) {
      await node.stop()
      throw new HushgridError(`meter ${household}: ${IS_DOWN}`)
    }
    node.node.blocked = new Set(this.#others)
    meter.node = node
    return node
  }

  /** Carries out a scenario's operation; resolves when it is done. */
  async operate(operation: HostOperation): Promise<void> {
    switch (operation.do) {
      case 'join':
        // A meter that has left still runs, and has its keys and its journal open.
        await (this.#meters.get(operation.household)?.node ?? (await this.#start(operation.household))).service.join()
        return
      case 'leave':
        await this.#running(operation.household).service.leave()
        return
      case 'crash': {
        const meter = this.#meters.get(operation.household)
        if (!meter?.node) throw new HushgridError(`meter ${operation.household}: ${IS_DOWN}`)
        if (operation.after && this.#init.deeds.includes(operation.after)) meter.crashAfter = operation.after
        else await this.#crash(operation.household)
        return
      }
      case 'restart':
        if (this.#meters.get(operation.household)?.node)
          throw new HushgridError(`meter ${operation.household}: expected one that is down, got one that runs`)
        if (operation.journal === 'lost' && this.#init.journalOf) rmSync(this.#init.journalOf(operation.household), { force: true })
        await (await this.#start(operation.household)).service.join()
        return
      case 'block':
        this.#others = operation.others
        for (const [household, { node }] of this.running()) node.blocked = new Set(operation.blocked.get(household) ?? operation.others)
        return
      case 'skew':
        for (const [household, ms] of operation.offsets) {
          const meter = this.#meters.get(household)
          if (meter) meter.clock.offset = ms
        }
        return
    }
  }

  #running(household: number): Node {
    const node = this.#meters.get(household)?.node
    if (!node) throw new HushgridError(`meter ${household}: ${IS_DOWN}`)
    return node
  }

  /** Ends a meter as if its process had been killed. */
  async #crash(household: number): Promise<void> {
    const meter = this.#meters.get(household)
    const node = meter?.node
    if (!meter || !node) return
    meter.node = undefined
    meter.crashAfter = undefined
    this.#init.crashing?.(household, node)
    node.service.stop()
    await node.stop()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    // Stopping all at once leaves each node less to put away, since its peers go too.
    const nodes = [...this.running()].map(([, node]) => node)
    for (const meter of this.#meters.values()) meter.node = undefined
    await Promise.all(nodes.map(node => node.stop()))
  }
}
