// A meter that hides nothing: it publishes its reading in the clear.
import { NetworkNode, type NetworkPreset, type SchedulingClock, untilDone } from '@hushgrid/network'
import { type LaneVector, type MeterId, type Slot, slotTimes } from '@hushgrid/primitives'
import { type FleetNode, LOOPBACK } from '../toolkit.ts'
import { eachSlot, identityIn, JOIN, LEAVE, message } from './reading.ts'

/** Joins, publishes slot after slot, and leaves. */
export class PlainMeter implements FleetNode {
  readonly node: NetworkNode
  readonly service = { join: () => this.#say(JOIN), leave: () => this.#leave(), stop: () => this.#silence() }
  readonly #aggregator: string
  readonly #publish: () => () => void
  readonly #stopping = new AbortController()
  #silent: () => void = () => {}

  private constructor(node: NetworkNode, aggregator: string, publish: () => () => void) {
    this.node = node
    this.#aggregator = aggregator
    this.#publish = publish
  }

  static async start(init: {
    readonly folder: string
    readonly network: string
    readonly slotSeconds: number
    readonly preset: NetworkPreset
    readonly aggregator: string
    readonly clock: SchedulingClock
    readonly identity: (id: MeterId) => void
    readonly reading: (slot: Slot) => LaneVector | undefined
    readonly published: () => void
    readonly fail: (cause: unknown) => void
  }): Promise<PlainMeter> {
    const { network, slotSeconds, clock, reading, published, fail } = init
    const identity = identityIn(init.folder)
    init.identity(identity.id)
    const node = await NetworkNode.start({ identity, network, listen: LOOPBACK, preset: init.preset })
    node.subscribe('control', () => 'accept')
    const publish = (): (() => void) =>
      eachSlot(
        clock,
        slotSeconds,
        slot => slotTimes(slot, slotSeconds).end,
        slot => {
          const lanes = reading(slot)
          if (lanes) node.publish('readings', message(identity.id, slot, lanes)).then(published, fail)
        }
      )
    return new PlainMeter(node, init.aggregator, publish)
  }

  async #say(what: typeof JOIN | typeof LEAVE): Promise<void> {
    const { signal } = this.#stopping
    await untilDone(
      signal,
      async () => {
        const peer = await this.node.connect(this.#aggregator, signal)
        await this.node.subscriberSeen('readings', peer, signal)
        await this.node.request(peer, 'enrol', new Uint8Array([what]), signal)
      },
      () => undefined
    )
    this.#silence()
    if (what === JOIN) this.#silent = this.#publish()
  }

  async #leave(): Promise<void> {
    await this.#say(LEAVE)
  }

  #silence(): void {
    this.#silent()
    this.#silent = () => {}
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#silence()
    await this.node.stop()
  }
}
