// Threads that check bills, so that checking keeps nothing else of a program waiting.
import { Worker } from 'node:worker_threads'
import type { OfferedBill, ProvenBill, PublishedTerms } from '@hushgrid/billing'
import { equalBytes, HushgridError } from '@hushgrid/primitives'
import type { BillFinding, BillJob, ThreadAnswer } from './bill-thread.ts'

/** Outcome of a bill's check. */
export type BillAnswer = ProvenBill | BillFinding

/** A stop of the pool: bills that had not begun are given up. */
export class BillPoolStoppedError extends HushgridError {
  override name = 'BillPoolStoppedError'
}

/** A pool that has no room for another bill. */
export class BillPoolFullError extends HushgridError {
  override name = 'BillPoolFullError'
}

/** A thread that checks bills and ended before it was told to. */
export class BillThreadError extends HushgridError {
  override name = 'BillThreadError'
}

export interface BillPoolOptions {
  readonly threads: number
  /** Most bills that may be waiting or being checked. */
  readonly most: number
}

interface Waiting {
  readonly offered: OfferedBill
  readonly terms: () => PublishedTerms | Promise<PublishedTerms>
  readonly resolve: (answer: BillAnswer) => void
  readonly reject: (cause: unknown) => void
}

/**
 * Checks bills in threads, each bill in one of them. Threads start with the first bills and last until {@link stop}; one
 * that failed is replaced with the next bill. The maker of a pool stops it.
 */
export class BillPool {
  readonly #options: BillPoolOptions
  readonly #queue: Waiting[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #threads = new Set<BillThread>()
  readonly #idle: BillThread[] = []
  #stopped = false

  constructor(options: BillPoolOptions) {
    this.#options = options
  }

  /**
   * Checks a bill.
   *
   * @param terms - read when the bill's turn has come
   * @throws BillPoolFullError, BillPoolStoppedError; what `terms` throws; BillThreadError, or the thread's own failure
   * where the bill is not at fault
   */
  check(offered: OfferedBill, terms: Waiting['terms']): Promise<BillAnswer> {
    const { most } = this.#options
    if (this.#stopped) return Promise.reject(stopped())
    if (this.#queue.length + this.#running.size >= most)
      return Promise.reject(new BillPoolFullError(`bills: expected at most ${most} at once, got another`))
    return new Promise((resolve, reject) => {
      this.#queue.push({ offered, terms, resolve, reject })
      this.#begin()
    })
  }

  /** Stops the pool; resolves when no thread is left. Bills that are being checked are still answered. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const { reject } of this.#queue.splice(0)) reject(stopped())
    await Promise.all(this.#running)
    await Promise.all([...this.#threads].map(thread => thread.stop()))
  }

  #begin(): void {
    while (this.#running.size < this.#options.threads) {
      const next = this.#queue.shift()
      if (!next) return
      const running = this.#run(next).finally(() => {
        this.#running.delete(running)
        this.#begin()
      })
      this.#running.add(running)
    }
  }

  async #run({ offered, terms, resolve, reject }: Waiting): Promise<void> {
    try {
      const current = await terms()
      if (this.#stopped) throw stopped()
      const thread = this.#idle.pop() ?? this.#start()
      const answer = await thread.check(offered, current)
      this.#idle.push(thread)
      resolve('fault' in answer ? answer : { meter: answer.meter, checked: { ...answer.checked, bill: offered.bill } })
    } catch (cause) {
      reject(cause)
    }
  }

  #start(): BillThread {
    const thread = new BillThread(() => {
      this.#threads.delete(thread)
      const at = this.#idle.indexOf(thread)
      if (at >= 0) this.#idle.splice(at, 1)
    })
    this.#threads.add(thread)
    return thread
  }
}

function stopped(): BillPoolStoppedError {
  return new BillPoolStoppedError('bills: expected a node that runs, got one that stops')
}

/** One thread, which is given one bill at a time. */
class BillThread {
  readonly #worker: Worker
  readonly #exited: Promise<void>
  #terms: PublishedTerms | undefined
  #settle: { readonly resolve: (answer: ThreadAnswer) => void; readonly reject: (cause: unknown) => void } | undefined

  /** @param exited - called once the thread is gone */
  constructor(exited: () => void) {
    // Leaves out the process's own flags: --input-type, for one, would keep the thread from starting.
    this.#worker = new Worker(new URL('./bill-thread.ts', import.meta.url), { name: 'bills', execArgv: [] })
    this.#worker.on('message', (answer: ThreadAnswer) => this.#settle?.resolve(answer))
    this.#worker.on('error', cause => this.#settle?.reject(cause))
    this.#exited = new Promise(resolve => {
      this.#worker.once('exit', status => {
        this.#settle?.reject(new BillThreadError(`bills: expected a thread to go on until told to stop, got one that ended with ${status}`))
        exited()
        resolve()
      })
    })
  }

  check(offered: OfferedBill, terms: PublishedTerms): Promise<ThreadAnswer> {
    this.#post({ offered, ...(!isSame(this.#terms, terms) && { terms }) })
    this.#terms = terms
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  /** Stops the thread; resolves when it is gone. */
  async stop(): Promise<void> {
    // Posts instead of terminate(), by which V8 aborts the whole process while the thread is still loading WebAssembly.
    this.#post('stop')
    await this.#exited
  }

  #post(job: BillJob): void {
    this.#worker.postMessage(job)
  }
}

/** Tells whether terms are the same, so that texts and bands of any length need not be sent again. */
function isSame(one: PublishedTerms | undefined, other: PublishedTerms): boolean {
  if (!one || one.slotSeconds !== other.slotSeconds || one.bands !== other.bands || one.tariffs.length !== other.tariffs.length)
    return false
  return one.tariffs.every((tariff, i) => {
    const { tariff: name, hash, from, until } = other.tariffs[i] as (typeof other.tariffs)[number]
    return tariff.tariff === name && equalBytes(tariff.hash, hash) && tariff.from === from && tariff.until === until
  })
}
