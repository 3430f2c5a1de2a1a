import { DeliveryRefusedError, deliverBatch, type SupplierContact } from '@hushgrid/network'
import type { Slot } from '@hushgrid/primitives'

/** Sealed batch, as far as delivery sees it. */
interface DeliverableBatch {
  readonly firstSlot: Slot
  readonly bytes: Uint8Array
}

export interface BatchDeliveryInit {
  readonly contact: SupplierContact
  /** Gives all batches that are kept, in the order of their slots. */
  readonly kept: () => readonly DeliverableBatch[]
  readonly delivered: (batch: DeliverableBatch) => void
  /** Called for a batch that the supplier refuses for good. */
  readonly refused: (batch: DeliverableBatch, reason: string) => void
  readonly fail: (cause: unknown) => void
}

/**
 * Delivers sealed batches to the supplier's store, one after the other. Begins again at the first kept batch after each
 * start: the store recognises those that it has, so nothing has to be remembered here. While the supplier is away the
 * batches wait where they are kept.
 */
export class BatchDelivery {
  readonly #init: BatchDeliveryInit
  readonly #stopping = new AbortController()
  /** First slot of the last batch that is done with. */
  #through = -1
  #running = false

  constructor(init: BatchDeliveryInit) {
    this.#init = init
  }

  /** Starts delivery, since there may be something to deliver. */
  wake(): void {
    if (this.#running || this.#stopping.signal.aborted) return
    this.#running = true
    this.#bringAll()
      .catch(cause => {
        if (!this.#stopping.signal.aborted) this.#init.fail(cause)
      })
      .finally(() => {
        this.#running = false
      })
  }

  async #bringAll(): Promise<void> {
    const { contact, kept, delivered, refused } = this.#init
    const { signal } = this.#stopping
    const next = (): DeliverableBatch | undefined => kept().find(({ firstSlot }) => firstSlot > this.#through)
    for (let batch = next(); batch; batch = next()) {
      try {
        await deliverBatch(contact, batch.bytes, signal)
        delivered(batch)
      } catch (cause) {
        if (!(cause instanceof DeliveryRefusedError)) throw cause
        refused(batch, cause.message)
      }
      this.#through = batch.firstSlot
    }
  }

  stop(): void {
    this.#stopping.abort()
  }
}
