import type { Driver } from '@hushgrid/machine'
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import { createPes, type PesConfig, type PesInput, type PesOutput, type PesState, stepPes } from '@hushgrid/pes'
import { RoleService, type ServiceInit } from '../service/role-service.ts'

export interface PesInit extends ServiceInit<PesOutput> {
  readonly config: PesConfig
  /** The PesSetup envelope, for the concentrator. */
  readonly setup: Uint8Array
  readonly snapshot: Uint8Array | undefined
  /** Puts a snapshot in the place of the one before; on stable storage before it returns. */
  readonly keep: (snapshot: Uint8Array) => void
}

/** The privacy enhancing system on a libp2p node. */
export class PesService extends RoleService<PesState, PesInput, PesOutput> {
  protected readonly driver: Driver<PesState, PesInput, PesOutput>
  readonly #init: PesInit
  #token = 0

  constructor(init: PesInit) {
    super(init)
    this.#init = init
    this.node.gate.know('concentrator', [init.config.concentrator])
    this.driver = this.drive({
      state: createPes(init.config, init.snapshot, init.clock.now()),
      step: stepPes,
      carryOut: output => {
        if (output.type === 'snapshot') init.keep(output.bytes)
      }
    })
  }

  /** Answers the concentrator from now on. */
  async start(): Promise<void> {
    await this.node.serve('pes', (from, bytes) => {
      if (decodeEnvelope(bytes).type === MessageType.PesSetupRequest) return this.#init.setup
      const token = this.#token++
      const outputs = this.guarded(() => this.driver.feed({ type: 'batch', from, bytes, token }))
      const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
      if (reply?.type !== 'reply') throw new Error('the PES is stopping')
      return reply.bytes
    })
  }
}
