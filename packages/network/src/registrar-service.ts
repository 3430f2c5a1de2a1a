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
import { RoleService, type ServiceInit } from './role-service.ts'

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
      else this.carryOutCommon(output)
      observe?.(output)
    })
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
}
