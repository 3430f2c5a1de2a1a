// Meters of one process, whatever path their readings take: how they start together, and what a scenario does to them.
import { rmSync } from 'node:fs'
import { type LabClock, type NetworkNode, SkewedClock } from '@hushgrid/network'
import { HushgridError, type MeterId } from '@hushgrid/primitives'
import type { HostOperation } from './operation.ts'

/** A meter's node, as far as it is started and stopped here. */
export interface FleetNode {
  readonly node: Pick<NetworkNode, 'blocked'>
  readonly service: { join(): Promise<void>; leave(): Promise<unknown>; stop(): void }
  stop(): Promise<void>
}

/** What a meter has done, after which a scenario may have it crash. */
export type MeterDeed = 'submission' | 'request'

/** A household's meter: its clock and, while it runs, its node. */
interface Kept<Node> {
  readonly clock: SkewedClock
  node: Node | undefined
  /** Stops it as soon as it has done so. */
  crashAfter: MeterDeed | undefined
}

export interface FleetInit<Node extends FleetNode> {
  readonly clock: LabClock
  /** Deeds that a crash may wait for; one that is not named lets it come at once. */
  readonly deeds: readonly MeterDeed[]
  /** Starts a household's node; `did` is to be told when its reading is with libp2p, or it has kept a request for masks. */
  readonly start: (household: number, clock: SkewedClock, did: (deed: MeterDeed) => void) => Promise<Node>
  /** Told of a node that is about to be gone, as if its process had been killed. */
  readonly crashing?: (household: number, node: Node) => void
  /** A meter's journal, which one that has lost it finds gone; left out where none is kept. */
  readonly journalOf?: (household: number) => string
}

const STARTING_AT_ONCE = 24
/** How long what was published may take to leave before its meter is stopped, ms. */
const CRASH_AFTER_PUBLISH = 20

/** Meters that are started, joined, crashed and stopped as the lab says. */
export class MeterFleet<Node extends FleetNode> {
  readonly #init: FleetInit<Node>
  readonly #meters = new Map<number, Kept<Node>>()
  #others: readonly MeterId[] = []
  #stopping = false

  constructor(init: FleetInit<Node>) {
    this.#init = init
  }

  /** Nodes that run, by household. */
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
    const meter = this.#meters.get(household) ?? { clock: new SkewedClock(this.#init.clock), node: undefined, crashAfter: undefined }
    this.#meters.set(household, meter)
    const node = await this.#init.start(household, meter.clock, deed => {
      if (meter.crashAfter !== deed) return
      meter.crashAfter = undefined
      // The bytes are with libp2p; what it has begun to send it sends.
      if (deed === 'submission') setTimeout(() => void this.#crash(household), CRASH_AFTER_PUBLISH)
      else void this.#crash(household)
    })
    node.node.blocked = new Set(this.#others)
    meter.node = node
    return node
  }

  /** Does what a scenario says; resolves when it is done. */
  async operate(operation: HostOperation): Promise<void> {
    switch (operation.do) {
      case 'join':
        // One that has left still runs, and has its keys and its journal open.
        await (this.#meters.get(operation.household)?.node ?? (await this.#start(operation.household))).service.join()
        return
      case 'leave':
        await this.#running(operation.household).service.leave()
        return
      case 'crash': {
        const meter = this.#meters.get(operation.household)
        if (meter && operation.after && this.#init.deeds.includes(operation.after)) meter.crashAfter = operation.after
        else await this.#crash(operation.household)
        return
      }
      case 'restart':
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
    if (!node) throw new HushgridError(`meter ${household}: expected one that runs`)
    return node
  }

  /** As if its process had been killed. */
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
    // All at once: a node that is told to stop while its peers go away has less to put away.
    await Promise.all([...this.running()].map(([, node]) => node.stop()))
  }
}
