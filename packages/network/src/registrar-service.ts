import { setTimeout as wait } from 'node:timers/promises'
import {
  createRegistrar,
  type RegistrarConfig,
  type RegistrarInput,
  type RegistrarOutput,
  type RegistrarRecord,
  type RegistrarState,
  stepRegistrar
} from '@hushgrid/dcnet'
import { Driver } from './driver.ts'
import { topicName } from './names.ts'
import { RoleService, type ServiceInit } from './role-service.ts'

/** How long a roster waits for its readers to subscribe, and how often that is looked at, in real milliseconds. */
const SUBSCRIPTIONS_WITHIN = 2_000
const POLL = 20

export interface RegistrarInit extends ServiceInit<RegistrarOutput> {
  readonly config: RegistrarConfig
  readonly journal: readonly RegistrarRecord[]
  /** Puts a record on stable storage before it returns. */
  readonly append: (record: RegistrarRecord) => void
}

/** The registrar on a libp2p node. */
export class RegistrarService extends RoleService<RegistrarState, RegistrarInput, RegistrarOutput> {
  protected readonly driver: Driver<RegistrarState, RegistrarInput, RegistrarOutput>
  #token = 0

  constructor(init: RegistrarInit) {
    super(init)
    const { clock, append, observe } = init
    this.driver = new Driver(clock, createRegistrar(init.config, init.journal, clock.now()), stepRegistrar, output => {
      if (output.type === 'journal') append(output.record)
      else if (output.type === 'publish') void this.#publishToAll(output.bytes)
      else this.carryOutCommon(output)
      observe?.(output)
    })
    this.driver.onFailure = init.fail
  }

  /** Opens the enrol stream and listens in on both topics. */
  async start(): Promise<void> {
    this.listen('control')
    this.listen('readings')
    await this.node.serve('enrol', (from, bytes) => {
      const token = this.#token++
      const outputs = this.guarded(() => this.driver.feed({ type: 'enrol', from, bytes, token }))
      const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
      if (reply?.type !== 'reply') throw new Error('the registrar is stopping')
      return reply.bytes
    })
  }

  /**
   * Publishes for everybody. Whoever has just been admitted may not have told us yet that it listens; a moment's wait
   * saves it from having to ask for the roster.
   */
  async #publishToAll(bytes: Uint8Array): Promise<void> {
    for (let waited = 0; waited < SUBSCRIPTIONS_WITHIN && !this.#allListen() && !this.stopping.signal.aborted; waited += POLL)
      await wait(POLL)
    if (!this.stopping.signal.aborted) this.publish('control', bytes)
  }

  #allListen(): boolean {
    const { pubsub } = this.node.libp2p.services
    return pubsub.getSubscribers(topicName(this.node.network, 'control')).length >= this.node.libp2p.getPeers().length
  }
}
