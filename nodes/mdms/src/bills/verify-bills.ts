// Many bills checked on all cores.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { BillRejectedError } from '@hushgrid/billing'
import { type BillTerms, type BillToCheck, billCheckers, type CheckedBill } from '@hushgrid/billing'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'

/** A bill to be checked, with the name of its tariff, which is that of one of the terms. */
export interface BillToVerify extends BillToCheck {
  readonly tariff: string
}

/** `fault` is a BillFault, or the name of the error where it is none of the bill's. */
export interface BillFinding {
  readonly fault: string
  readonly message: string
}

/** What came of a bill. */
export type BillVerdict<B extends BillToVerify> = { readonly bill: B; readonly checked: CheckedBill } | ({ readonly bill: B } & BillFinding)

/** How bills are checked. */
export interface VerifyBillsOptions {
  /** A tariff each. */
  readonly terms: readonly BillTerms[]
  /** One for each core unless said otherwise. */
  readonly threads?: number
  /** Bills that are taken in and not given out yet, at most; four a thread unless said otherwise. */
  readonly ahead?: number
  /** Ends it: threads stop after the bill that they are at. */
  readonly signal?: AbortSignal
}

/** What a thread is sent. */
export interface BillJob extends BillToVerify {
  readonly number: number
}

/** What a thread is started with. */
export interface BillOrder {
  readonly terms: readonly BillTerms[]
  /** Shared; 1 once no bill is to be begun any more, those that are in the thread's queue neither. */
  readonly stopping: Int32Array
}

/** The last message to a thread. */
export const STOP = 'stop'

/** What it answers. */
export type BillAnswer =
  | { readonly number: number; readonly checked: Omit<CheckedBill, 'bill'> }
  | ({ readonly number: number } & BillFinding)

/** A thread that checks bills ended before it was told to. */
export class BillThreadError extends HushgridError {
  override name = 'BillThreadError'
}

/**
 * What was wrong with a bill, for whoever is outside the thread.
 *
 * @throws what is nothing of a bill's
 */
export function faultOf(cause: unknown): BillFinding {
  if (!(cause instanceof HushgridError)) throw cause
  return { fault: cause instanceof BillRejectedError ? cause.fault : cause.name, message: cause.message }
}

const MOST_THREADS = 64
const AHEAD_PER_THREAD = 4

/**
 * Checks bills in threads, and gives the verdicts as they come, which need not be in the order of the bills. No more is
 * taken from `bills` than has room in the queue, so that a consumer that is slow holds it up. Leaving the loop stops the
 * threads.
 *
 * @throws the signal's reason once it is aborted; BillThreadError, or what a thread failed with that is nothing of a bill's;
 *   what `bills` throws; TariffFileError, InvalidArgumentError where a term or option is not what it must be
 */
export async function* verifyBills<B extends BillToVerify>(
  bills: Iterable<B> | AsyncIterable<B>,
  { terms, threads = availableParallelism(), ahead = AHEAD_PER_THREAD * threads, signal }: VerifyBillsOptions
): AsyncGenerator<BillVerdict<B>, void, undefined> {
  for (const [name, value, most] of [['threads', threads, MOST_THREADS] as const, ['ahead', ahead, 2 ** 20] as const]) {
    if (!Number.isSafeInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(name, `a whole number from 1 to ${most}`, String(value))
  }
  // A tariff that cannot be read is said here, and not by each thread.
  billCheckers(terms)
  signal?.throwIfAborted()
  const run = new Verification(bills, terms, threads, ahead)
  const stop = (): void => run.fail(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (let verdict = await run.next(); verdict; verdict = await run.next()) yield verdict
  } finally {
    signal?.removeEventListener('abort', stop)
    await run.stop()
  }
}

/** The queue between bills, threads and whoever takes the verdicts. */
class Verification<B extends BillToVerify> {
  readonly #source: Iterator<B> | AsyncIterator<B>
  readonly #ahead: number
  /** Threads, and how many bills each has. */
  readonly #threads = new Map<Worker, number>()
  /** Bills that are with a thread, by number. */
  readonly #checking = new Map<number, B>()
  readonly #ready: BillVerdict<B>[] = []
  #taken = 0
  #feeding = false
  #exhausted = false
  #failure: { readonly cause: unknown } | undefined
  #stopped = false
  readonly #stopping = new Int32Array(new SharedArrayBuffer(4))
  #wake: () => void = () => undefined

  constructor(bills: Iterable<B> | AsyncIterable<B>, terms: readonly BillTerms[], threads: number, ahead: number) {
    this.#source = Symbol.asyncIterator in bills ? bills[Symbol.asyncIterator]() : bills[Symbol.iterator]()
    this.#ahead = ahead
    for (let i = 0; i < threads; i++) this.#start(terms)
  }

  /** The next verdict; undefined after the last. */
  async next(): Promise<BillVerdict<B> | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.cause
      void this.#feed()
      const verdict = this.#ready.shift()
      if (verdict) return verdict
      if (this.#exhausted && this.#checking.size === 0) return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  /** Ends it with an error; the first counts. */
  fail(cause: unknown): void {
    this.#failure ??= { cause }
    this.#wake()
  }

  /** Resolves when no thread is left. */
  async stop(): Promise<void> {
    this.#stopped = true
    Atomics.store(this.#stopping, 0, 1)
    // Not terminate(): V8 aborts the whole process where that hits a thread that is still loading WebAssembly.
    const exits = [...this.#threads.keys()].map(worker => {
      worker.postMessage(STOP)
      return new Promise(resolve => worker.once('exit', resolve))
    })
    await Promise.all(exits)
    // A source that is waited for may never come back; where it does, #feed tells it.
    if (!this.#exhausted && !this.#feeding) await this.#source.return?.()
  }

  /** Fills the queue. Verdicts that nobody has taken yet count, too. */
  async #feed(): Promise<void> {
    if (this.#feeding) return
    this.#feeding = true
    try {
      while (!this.#stopped && !this.#exhausted && this.#checking.size + this.#ready.length < this.#ahead) {
        const { done, value } = await this.#source.next()
        if (done) this.#exhausted = true
        // It may have been waited for when all was stopped.
        else if (this.#stopped) await this.#source.return?.()
        else this.#give(value)
      }
    } catch (cause) {
      this.#exhausted = true
      this.fail(cause)
    } finally {
      this.#feeding = false
    }
    this.#wake()
  }

  #give(bill: B): void {
    const number = this.#taken++
    const [least] = [...this.#threads].sort(([, a], [, b]) => a - b)
    if (!least) throw new BillThreadError('bills: expected a thread to check them, got none left')
    const [worker, busy] = least
    this.#threads.set(worker, busy + 1)
    this.#checking.set(number, bill)
    const { bill: bytes, meterKey, period, tariff } = bill
    worker.postMessage({ number, bill: bytes, meterKey, tariff, ...(period && { period }) } satisfies BillJob)
  }

  #start(terms: readonly BillTerms[]): void {
    // Not the process's own flags: --input-type, for one, would keep the thread from starting.
    const workerData: BillOrder = { terms, stopping: this.#stopping }
    const worker = new Worker(new URL('./bill-worker.ts', import.meta.url), { workerData, name: 'bills', execArgv: [] })
    this.#threads.set(worker, 0)
    worker.on('message', (answer: BillAnswer) => {
      this.#threads.set(worker, (this.#threads.get(worker) ?? 1) - 1)
      this.#take(answer)
    })
    worker.on('error', cause => this.fail(cause))
    worker.on('exit', code => {
      this.#threads.delete(worker)
      if (!this.#stopped)
        this.fail(new BillThreadError(`bills: expected a thread to go on until told to stop, got one that ended with ${code}`))
    })
  }

  #take(answer: BillAnswer): void {
    const bill = this.#checking.get(answer.number)
    if (!bill) return
    this.#checking.delete(answer.number)
    if ('checked' in answer) this.#ready.push({ bill, checked: { ...answer.checked, bill: bill.bill } })
    else this.#ready.push({ bill, fault: answer.fault, message: answer.message })
    this.#wake()
  }
}
