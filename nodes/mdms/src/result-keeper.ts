import { setTimeout as wait } from 'node:timers/promises'
import {
  ConflictError,
  type Lanes,
  type Recorded,
  RetentionError,
  SingleHouseholdError,
  type Store,
  StoreUnavailableError
} from '@hushgrid/mdms'
import type { PesTerms, SupplierOutput } from '@hushgrid/pes'
import { HushgridError, type LaneVector, type Millis, type ObisCode, signedLanes } from '@hushgrid/primitives'
import type { HouseholdAccounts } from './household-account.ts'

/** Results that could not be put in the store yet. */
export class NotKeptError extends HushgridError {
  override name = 'NotKeptError'
}

export interface ResultKeeperInit {
  readonly store: Store
  /** The network's name. */
  readonly network: string
  readonly accountOf: HouseholdAccounts
  readonly now: () => Millis
  /** Told why something that came in is not kept, for good. */
  readonly refused: (reason: string) => void
  /** Told what went wrong and is tried again. */
  readonly warn: (message: string) => void
  readonly fail: (cause: unknown) => void
}

/** Real milliseconds between two attempts while the store cannot be reached. */
const PAUSE = 2_000
/** How long who brings a result is kept waiting for the store, in real milliseconds. */
const PATIENCE = 5_000

/** Puts results in the store, one after the other, and again where it cannot be reached for a while. */
export class ResultKeeper {
  readonly #init: ResultKeeperInit
  readonly #stopping = new AbortController()
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #gaveUp = false

  constructor(init: ResultKeeperInit) {
    this.#init = init
  }

  /** Keeps what the supplier's machine gives out, where it is a result. */
  take(output: SupplierOutput, { lanes }: PesTerms): void {
    const { store, network, accountOf, now } = this.#init
    const received = now()
    if (output.type === 'total') {
      const { slot, hash, contributors, missing } = output
      const counts = { contributors: contributors.length, missing: missing.length }
      this.#keep(() =>
        store.recordTotal({ network, slot, mode: 'pes', lanes: named(lanes, output.lanes), ...counts, resultHash: hash, received })
      )
    } else if (output.type === 'lost') {
      const { slot, hash, contributors } = output
      const reason = `too few readings to be added up: ${contributors.length}`
      this.#keep(() => store.recordLost({ network, slot, mode: 'pes', reason, resultHash: hash, received }))
    } else if (output.type === 'consumption') {
      const { meterId, firstSlot, slots } = output
      const household = accountOf(meterId)
      const period = { from: firstSlot, until: firstSlot + slots }
      const used = named(lanes, output.lanes)
      this.#keep(() => store.recordConsumption({ network, household, period, lanes: used, source: 'paillier', received }))
    }
  }

  /**
   * Resolves when everything so far is in the store, or refused by it for good.
   *
   * @throws NotKeptError where that takes long, or some were given up
   */
  async settled(): Promise<void> {
    const late = new AbortController()
    try {
      const inTime = await Promise.race([this.#last.then(() => true), wait(PATIENCE, false, { signal: late.signal })])
      if (this.#gaveUp) throw new NotKeptError('the store: expected it to take all results, got some that it did not')
      if (!inTime) throw new NotKeptError(`the store: expected it to take ${this.#waiting} results by now, got no answer yet`)
    } finally {
      late.abort()
    }
  }

  /** Gives up what is not in the store; whoever brought it was not told that it was taken. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#last
  }

  #keep(record: () => Promise<Recorded>): void {
    this.#waiting++
    this.#last = this.#last.then(async () => {
      try {
        await this.#untilKept(record)
      } catch (cause) {
        this.#gaveUp = true
        if (!this.#stopping.signal.aborted) this.#init.fail(cause)
      } finally {
        this.#waiting--
      }
    })
  }

  async #untilKept(record: () => Promise<Recorded>): Promise<void> {
    const { signal } = this.#stopping
    for (;;) {
      signal.throwIfAborted()
      try {
        await record()
        return
      } catch (cause) {
        if (cause instanceof ConflictError || cause instanceof SingleHouseholdError || cause instanceof RetentionError) {
          this.#init.refused(cause.message)
          return
        }
        if (!(cause instanceof StoreUnavailableError)) throw cause
        this.#init.warn(cause.message)
      }
      await wait(PAUSE, undefined, { signal })
    }
  }
}

function named(lanes: readonly ObisCode[], values: LaneVector): Lanes {
  return Object.fromEntries(signedLanes(values).map((value, i): [string, bigint] => [lanes[i] ?? `lane${i}`, value]))
}
