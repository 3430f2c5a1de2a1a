import type { Driver } from '@hushgrid/machine'
import { answerAsPes, createPes, type PesConfig, type PesInput, type PesOutput, type PesState, stepPes } from '@hushgrid/pes'
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
      const input = { type: 'batch', from, bytes, token: this.#token++ } as const
      const answer = answerAsPes(this.#init.setup, input, batch => this.guarded(() => this.driver.feed(batch)) ?? [])
      if (!answer) throw new Error('the PES is stopping')
      return answer
    })
  }
}
