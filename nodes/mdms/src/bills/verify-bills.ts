// Many bills checked on all cores, as after the end of a month.
import { availableParallelism } from 'node:os'
import { BillChecker, type CheckedBill, type OfferedBill, type PublishedTerms } from '@hushgrid/billing'
import { InvalidArgumentError } from '@hushgrid/primitives'
import { BillPool } from './bill-pool.ts'
import type { BillFinding } from './bill-thread.ts'

/** Outcome of a bill's check. */
export type BillVerdict<B extends OfferedBill> = { readonly bill: B; readonly checked: CheckedBill } | ({ readonly bill: B } & BillFinding)

/** Options of checking bills. */
export interface VerifyBillsOptions {
  readonly terms: PublishedTerms
  /** Number of threads; one for each core unless said otherwise. */
  readonly threads?: number
  /** Most bills that are taken in and not given out yet; four a thread unless said otherwise. */
  readonly ahead?: number
  /** Signal that ends the check: threads stop after their current bill. */
  readonly signal?: AbortSignal
}

const MOST_THREADS = 64
const AHEAD_PER_THREAD = 4

/**
 * Checks bills in threads, and gives the verdicts as they come, in any order. Takes no more from `bills` than the queue
 * has room for, so that a slow consumer holds it up. Leaving the loop stops the threads.
 *
 * @throws the signal's reason once it is aborted; BillThreadError, or a thread's own failure where no bill is at fault;
 * errors of `bills`; TariffFileError, InvalidArgumentError where a term or option is not what it must be
 */
export async function* verifyBills<B extends OfferedBill>(
  bills: Iterable<B> | AsyncIterable<B>,
  { terms, threads = availableParallelism(), ahead = AHEAD_PER_THREAD * threads, signal }: VerifyBillsOptions
): AsyncGenerator<BillVerdict<B>, void, undefined> {
  for (const [name, value, most] of [['threads', threads, MOST_THREADS] as const, ['ahead', ahead, 2 ** 20] as const]) {
    if (!Number.isSafeInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(name, `a whole number from 1 to ${most}`, String(value))
  }
  // Reports an unreadable tariff once, and not with each bill.
  const [unreadable] = new BillChecker(terms).unreadable
  if (unreadable) throw unreadable
  signal?.throwIfAborted()
  const run = new Verification(bills, new BillPool({ threads, most: ahead }), terms, ahead)
  const stop = (): void => run.fail(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (let verdict = await run.next(); verdict; verdict = await run.next()) yield verdict
  } finally {
    signal?.removeEventListener('abort', stop)
    await run.stop()
  }
}

/** Mediates between the bills, the pool and the taker of the verdicts. */
class Verification<B extends OfferedBill> {
  readonly #source: Iterator<B> | AsyncIterator<B>
  readonly #pool: BillPool
  readonly #terms: PublishedTerms
  readonly #ahead: number
  readonly #ready: BillVerdict<B>[] = []
  #checking = 0
  #feeding = false
  #exhausted = false
  #failure: { readonly cause: unknown } | undefined
  #stopped = false
  #wake: () => void = () => undefined

  constructor(bills: Iterable<B> | AsyncIterable<B>, pool: BillPool, terms: PublishedTerms, ahead: number) {
    this.#source = Symbol.asyncIterator in bills ? bills[Symbol.asyncIterator]() : bills[Symbol.iterator]()
    this.#pool = pool
    this.#terms = terms
    this.#ahead = ahead
  }

  /** Gives the next verdict; undefined after the last. */
  async next(): Promise<BillVerdict<B> | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.cause
      void this.#feed()
      const verdict = this.#ready.shift()
      if (verdict) return verdict
      if (this.#exhausted && this.#checking === 0) return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  /** Ends the check with an error; the first counts. */
  fail(cause: unknown): void {
    this.#failure ??= { cause }
    this.#wake()
  }

  /** Stops the check; resolves when no thread is left. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#pool.stop()
    // Leaves a source that is waited for to #feed, since it may never come back.
    if (!this.#exhausted && !this.#feeding) await this.#source.return?.()
  }

  /** Fills the queue, in which verdicts that nobody has taken yet count, too. */
  async #feed(): Promise<void> {
    if (this.#feeding) return
    this.#feeding = true
    try {
      while (!this.#stopped && !this.#exhausted && this.#checking + this.#ready.length < this.#ahead) {
        const { done, value } = await this.#source.next()
        if (done) this.#exhausted = true
        // Ends a source that was waited for when all was stopped.
        else if (this.#stopped) await this.#source.return?.()
        else void this.#give(value)
      }
    } catch (cause) {
      this.#exhausted = true
      this.fail(cause)
    } finally {
      this.#feeding = false
    }
    this.#wake()
  }

  async #give(bill: B): Promise<void> {
    this.#checking++
    try {
      const { bill: bytes, meterKey, period, tariff } = bill
      const offered = { bill: bytes, ...(meterKey && { meterKey }), ...(period && { period }), ...(tariff !== undefined && { tariff }) }
      const answer = await this.#pool.check(offered, () => this.#terms)
      this.#ready.push('fault' in answer ? { bill, ...answer } : { bill, checked: answer.checked })
    } catch (cause) {
      this.fail(cause)
    }
    this.#checking--
    this.#wake()
  }
}
