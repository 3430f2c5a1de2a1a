// The node's results, kept as records of the store.
import type { Recorded, Store } from '@hushgrid/mdms'
import type { FollowedResult } from '@hushgrid/network'
import type { PesTerms, SupplierOutput } from '@hushgrid/pes'
import { type Millis, namedSums, publishedSums } from '@hushgrid/primitives'
import type { Pseudonyms } from '../household/pseudonyms.ts'
import { lossInWords, pesLossInWords } from './loss-in-words.ts'
import { ResultQueue, type ResultQueueInit } from './result-queue.ts'

export { NotKeptError } from './result-queue.ts'

interface KeeperInit extends ResultQueueInit {
  readonly store: Store
  /** Name of the network. */
  readonly network: string
  readonly now: () => Millis
}

export interface ResultKeeperInit extends KeeperInit {
  readonly pseudonymOf: Pseudonyms
}

/** Keeps the results of concentrator and PES. */
export class ResultKeeper {
  readonly #init: ResultKeeperInit
  readonly #queue: ResultQueue

  constructor(init: ResultKeeperInit) {
    this.#init = init
    this.#queue = new ResultQueue(init)
  }

  /** Keeps an output of the supplier's machine where it is a result. */
  take(output: SupplierOutput, { lanes }: PesTerms): void {
    const { store, network, pseudonymOf, now } = this.#init
    const received = now()
    if (output.type === 'total') {
      const { slot, hash, contributors, missing } = output
      const counts = { contributors: contributors.length, missing: missing.length }
      void this.#queue.keep(() =>
        store.recordTotal({ network, slot, mode: 'pes', lanes: namedSums(lanes, output.lanes), ...counts, resultHash: hash, received })
      )
    } else if (output.type === 'lost') {
      const { slot, hash } = output
      const reason = pesLossInWords(output)
      void this.#queue.keep(() => store.recordLost({ network, slot, mode: 'pes', reason, resultHash: hash, received }))
    } else if (output.type === 'consumption') {
      const { meterId, firstSlot, slots } = output
      const household = pseudonymOf(meterId)
      const period = { from: firstSlot, until: firstSlot + slots }
      const used = publishedSums(namedSums(lanes, output.lanes))
      void this.#queue.keep(() => store.recordConsumption({ network, household, period, lanes: used, source: 'paillier', received }))
    }
  }

  /** @see ResultQueue.settled */
  async settled(): Promise<void> {
    await this.#queue.settled()
  }

  /** @see ResultQueue.stop */
  async stop(): Promise<void> {
    await this.#queue.stop()
  }
}

/** Keeps the results of a DC-net's aggregator. */
export class FollowedKeeper {
  readonly #init: KeeperInit
  readonly #queue: ResultQueue

  constructor(init: KeeperInit) {
    this.#init = init
    this.#queue = new ResultQueue(init)
  }

  /** @returns whether it is new in the store; undefined where it is refused for good, or given up */
  async take(result: FollowedResult): Promise<Recorded | undefined> {
    const { store, network, now } = this.#init
    const { slot, hash } = result
    const common = { network, slot, mode: 'dcnet' as const, resultHash: hash, received: now() }
    return await this.#queue.keep(() => {
      if (result.type === 'lost') return store.recordLost({ ...common, reason: lossInWords(result) })
      const { contributors, missing } = result
      return store.recordTotal({ ...common, lanes: namedSums(result.open, result.lanes, result.withheld), contributors, missing })
    })
  }

  /** @see ResultQueue.stop */
  async stop(): Promise<void> {
    await this.#queue.stop()
  }
}
