// Threads that make Paillier obfuscators ahead of their use, so that an encryption costs one multiplication.
import { Worker } from 'node:worker_threads'
import { LEAST_KEY_BITS, ObfuscatorPool, type ObfuscatorPoolOptions, type PublicKey } from '@hushgrid/paillier'
import { InvalidArgumentError } from '@hushgrid/primitives'

/** Data that a thread is started with. */
export interface ObfuscatorOrder {
  readonly n: bigint
  readonly hs: bigint | undefined
  readonly insecure: boolean
}

/** Size of the pool, and number of its threads. */
export interface ObfuscatorWorkersOptions extends ObfuscatorPoolOptions {
  /** Threads, 1 by default: each takes a core as long as the pool is not full. */
  readonly threads?: number
  /** Called for a thread that failed. It is not replaced; encryptions then make their obfuscators themselves. */
  readonly onError: (cause: unknown) => void
}

/** Most threads of one pool. */
const MOST_THREADS = 64
/** Obfuscators in a message; few, so that an empty pool gets some within tens of milliseconds. */
const BATCH = 16

/**
 * Pool of obfuscators with the threads that fill it. An encryption costs one multiplication as long as encryptions do not
 * outpace the threads. Each thread draws from the system's random numbers by itself and keeps nothing that it has handed
 * over.
 *
 * The threads keep the process alive until {@link stop}.
 */
export class ObfuscatorWorkers {
  readonly pool: ObfuscatorPool
  readonly #onError: (cause: unknown) => void
  /** Running threads, each with the number of obfuscators that it still has to send. */
  readonly #busy = new Map<Worker, number>()
  /** Obfuscators that the pool wants and no thread was asked for. */
  #owed = 0
  #stopped = false

  /** Starts the threads, which begin to fill the pool. */
  constructor(key: PublicKey, options: ObfuscatorWorkersOptions) {
    const { threads = 1, onError } = options
    if (!Number.isSafeInteger(threads) || threads < 1 || threads > MOST_THREADS) {
      throw new InvalidArgumentError('threads', `an integer from 1 to ${MOST_THREADS}`, String(threads))
    }
    this.#onError = onError
    this.pool = new ObfuscatorPool(key, options, count => this.#order(count))
    const order: ObfuscatorOrder = { n: key.n, hs: key.hs, insecure: key.bits < LEAST_KEY_BITS }
    for (let i = 0; i < threads; i++) this.#start(order)
    this.pool.request()
  }

  /** Number of running threads. */
  get threads(): number {
    return this.#busy.size
  }

  /** Ends the threads and resolves when none is left. Obfuscators in the pool can still be taken. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([...this.#busy.keys()].map(worker => worker.terminate()))
  }

  #start(order: ObfuscatorOrder): void {
    // Drops the process's own flags: --input-type, for one, would keep the thread from starting.
    const options = { workerData: order, name: 'obfuscators', execArgv: [] }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), options)
    this.#busy.set(worker, 0)
    worker.on('message', (obfuscators: bigint[]) => {
      this.#busy.set(worker, 0)
      // The message left before its thread was told to end.
      if (this.#stopped) {
        this.pool.forgo(obfuscators.length)
        return
      }
      try {
        this.pool.put(obfuscators)
      } catch (cause) {
        this.pool.forgo(obfuscators.length)
        this.#onError(cause)
      }
      this.#dispatch()
    })
    worker.on('error', cause => this.#onError(cause))
    worker.on('exit', () => {
      this.pool.forgo(this.#busy.get(worker) ?? 0)
      this.#busy.delete(worker)
      if (this.#busy.size === 0) {
        this.pool.forgo(this.#owed)
        this.#owed = 0
      }
    })
  }

  #order(count: number): void {
    if (this.#stopped || this.#busy.size === 0) {
      this.pool.forgo(count)
      return
    }
    this.#owed += count
    this.#dispatch()
  }

  /** Hands the open orders to idle threads. */
  #dispatch(): void {
    for (const [worker, busy] of this.#busy) {
      const count = Math.min(BATCH, this.#owed)
      if (busy > 0 || count === 0) continue
      this.#owed -= count
      this.#busy.set(worker, count)
      worker.postMessage(count)
    }
  }
}
