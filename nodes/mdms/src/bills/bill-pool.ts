// One thread for the bills that customers bring, so that checking them keeps nothing else of the node waiting.
import { Worker } from 'node:worker_threads'
import { HushgridError, toHex } from '@hushgrid/primitives'
import type { BillFinding } from './verify-bills.ts'
import type { BillingTerms, ProvenBill } from '@hushgrid/billing'

/** What the thread is sent. */
export type ThreadJob =
  | { readonly type: 'terms'; readonly terms: BillingTerms }
  | { readonly type: 'bill'; readonly bill: Uint8Array }
  | { readonly type: 'stop' }

/** What came of a bill. */
export type ThreadAnswer = { readonly proven: ProvenBill } | BillFinding

/** The thread is gone: the node is stopping, or has failed. */
export class BillThreadStoppedError extends HushgridError {
  override name = 'BillThreadStoppedError'
}

/** Checks bills one after the other. The thread is started with the first. */
export class BillThread {
  readonly #fail: (cause: unknown) => void
  #worker: Worker | undefined
  /** What names the tariffs that the thread has. */
  #known = ''
  #last: Promise<unknown> = Promise.resolve()
  #settle: { readonly resolve: (answer: ThreadAnswer) => void; readonly reject: (cause: unknown) => void } | undefined
  #stopped = false
  /** Bills that were given and have no answer yet. */
  waiting = 0

  /** @param fail - told of what is nothing of a bill's */
  constructor(fail: (cause: unknown) => void) {
    this.#fail = fail
  }

  /**
   * @param terms - of now; read when its turn has come
   * @throws BillThreadStoppedError; what `terms` throws
   */
  check(bill: Uint8Array, terms: () => Promise<BillingTerms>): Promise<ThreadAnswer> {
    this.waiting++
    const mine = this.#last
      .then(async () => await this.#check(bill, await terms()))
      .finally(() => {
        this.waiting--
      })
    this.#last = mine.then(
      () => undefined,
      () => undefined
    )
    return mine
  }

  /** Resolves when the thread is gone; a bill that it is at is still checked, others are given up. */
  async stop(): Promise<void> {
    this.#stopped = true
    const worker = this.#worker
    if (!worker) return
    const exit = new Promise(resolve => worker.once('exit', resolve))
    // Not terminate(): V8 aborts the whole process where that hits a thread that is still loading WebAssembly.
    post(worker, { type: 'stop' })
    await exit
    await this.#last
  }

  #check(bill: Uint8Array, terms: BillingTerms): Promise<ThreadAnswer> {
    if (this.#stopped) return Promise.reject(new BillThreadStoppedError('bills: expected a node that runs, got one that stops'))
    this.#worker ??= this.#start()
    const known = terms.tariffs.map(({ tariff, hash, from, until }) => `${tariff} ${toHex(hash)} ${from} ${until}`).join('\n')
    // Empty before the first: a store without tariffs has no other terms than the thread begins with.
    if (known !== this.#known) post(this.#worker, { type: 'terms', terms })
    this.#known = known
    post(this.#worker, { type: 'bill', bill })
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  #start(): Worker {
    // Not the process's own flags: --input-type, for one, would keep the thread from starting.
    const worker = new Worker(new URL('./bill-thread.ts', import.meta.url), { name: 'brought bills', execArgv: [] })
    worker.on('message', (answer: ThreadAnswer) => this.#settle?.resolve(answer))
    worker.on('error', cause => this.#end(cause))
    worker.on('exit', status => this.#end(new BillThreadStoppedError(`bills: expected their thread to go on, got its end with ${status}`)))
    return worker
  }

  #end(cause: unknown): void {
    this.#settle?.reject(cause)
    if (this.#stopped) return
    this.#stopped = true
    this.#worker = undefined
    this.#fail(cause)
  }
}

function post(worker: Worker, job: ThreadJob): void {
  worker.postMessage(job)
}
