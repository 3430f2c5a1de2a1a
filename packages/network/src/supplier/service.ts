import type { Driver } from '@hushgrid/machine'
import {
  answerForward,
  createSupplier,
  type SupplierConfig,
  type SupplierInput,
  type SupplierOutput,
  type SupplierState,
  stepSupplier
} from '@hushgrid/pes'
import type { MeterId } from '@hushgrid/primitives'
import { RoleService, type ServiceInit } from '../service/role-service.ts'

export interface SupplierInit extends ServiceInit<SupplierOutput> {
  readonly config: SupplierConfig
}

/** The supplier's end of the path by concentrator and PES; its node serves the stream. */
export class SupplierService extends RoleService<SupplierState, SupplierInput, SupplierOutput> {
  protected readonly driver: Driver<SupplierState, SupplierInput, SupplierOutput>

  constructor(init: SupplierInit) {
    super(init)
    this.driver = this.drive({ state: createSupplier(init.config), step: stepSupplier, carryOut: () => {} })
  }

  /** Takes what the concentrator forwards; gives the SyncReply. */
  receive(from: MeterId, bytes: Uint8Array): Uint8Array {
    return answerForward({ type: 'message', from, bytes }, input => this.guarded(() => this.driver.feed(input)) ?? [])
  }
}
