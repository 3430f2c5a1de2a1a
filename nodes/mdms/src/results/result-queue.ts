// Results on their way into the store, which may be away for a while.
import { setTimeout as wait } from 'node:timers/promises'
import { ConflictError, type Recorded, RetentionError, SingleHouseholdError, StoreUnavailableError } from '@hushgrid/mdms'
import { HushgridError } from '@hushgrid/primitives'

/** Results that could not be put in the store yet. */
export class NotKeptError extends HushgridError {
  override name = 'NotKeptError'
}

export interface ResultQueueInit {
  /** Takes the reason why a result is not kept, for good. */
  readonly refused: (reason: string) => void
  /** Takes problems after which the queue tries again. */
  readonly warn: (message: string) => void
  readonly fail: (cause: unknown) => void
}

/** Real milliseconds between two attempts while the store cannot be reached. */
const PAUSE = 2_000
/** Real milliseconds for which the bringer of a result waits for the store. */
const PATIENCE = 5_000

/** Puts results in the store, one after the other, and tries again while it cannot be reached. */
export class ResultQueue {
  readonly #init: ResultQueueInit
  readonly #stopping = new AbortController()
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #gaveUp = false

  constructor(init: ResultQueueInit) {
    this.#init = init
  }

  /**
   * Keeps a result once the earlier ones are kept. Never rejects.
   *
   * @returns the outcome; undefined where it is refused for good, or given up
   */
  keep(record: () => Promise<Recorded>): Promise<Recorded | undefined> {
    this.#waiting++
    const mine = this.#last.then(async () => {
      try {
        return await this.#untilKept(record)
      } catch (cause) {
        this.#gaveUp = true
        if (!this.#stopping.signal.aborted) this.#init.fail(cause)
        return undefined
      } finally {
        this.#waiting--
      }
    })
    this.#last = mine
    return mine
  }

  /**
   * Waits until everything so far is in the store, or refused by it for good.
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

  /** Gives up results that are not in the store; their bringers were not told that they were taken. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#last
  }

  async #untilKept(record: () => Promise<Recorded>): Promise<Recorded | undefined> {
    const { signal } = this.#stopping
    for (;;) {
      signal.throwIfAborted()
      try {
        return await record()
      } catch (cause) {
        if (cause instanceof ConflictError || cause instanceof SingleHouseholdError || cause instanceof RetentionError) {
          this.#init.refused(cause.message)
          return undefined
        }
        if (!(cause instanceof StoreUnavailableError)) throw cause
        this.#init.warn(cause.message)
      }
      await wait(PAUSE, undefined, { signal })
    }
  }
}
