/**
 * `pnpm compare --million`: a simulated day of 10^6 households. Masks, sums and recovery are computed as by the nodes, one
 * neighbourhood after another on all cores, so that memory does not grow with the households.
 */
import { cpus, loadavg } from 'node:os'
import { Worker } from 'node:worker_threads'
import { HushgridError } from '@hushgrid/primitives'
import { BULK_PARTS, type BulkPart } from '@hushgrid/simulator'
import { type MillionOptions, type MillionProgress, type MillionReadings, type MillionWork, planMillion } from './plan.ts'
import type { MillionPiece } from './worker.ts'

/** Number of windows of the run, each with a peak of memory. */
const MEMORY_WINDOWS = 10
/** Heap of a thread, MB: enough for several neighbourhoods, and small enough that their garbage does not pile up. */
const HEAP = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 192 }
/** Time between looks at memory and reports of progress, ms. */
const LOOK_MS = 250

/** Highest resident set size of the whole process seen in a tenth of the run. */
interface MemoryWindow {
  /** Number of households done at the window's end. */
  readonly households: number
  readonly seconds: number
  readonly peakRssBytes: number
}

export interface MillionResult {
  readonly households: number
  readonly neighbourhoods: number
  /** Least and most members of a neighbourhood. */
  readonly members: readonly [number, number]
  /** Number of a meter's mask neighbours; the largest where neighbourhoods differ. */
  readonly degree: number
  readonly recovery: 'edge-release'
  readonly slotSeconds: number
  /** Number of slots of each neighbourhood. */
  readonly slots: number
  readonly day: string
  /** Configured share of missing members. */
  readonly missingFraction: number
  readonly seed: string
  readonly lanes: number
  readonly threads: number
  /** Source of the readings. */
  readonly readingSource: string
  /** Work of a network that was not computed here. */
  readonly notComputed: readonly string[]
  /** Number of readings that were submitted. */
  readonly readings: number
  readonly seconds: number
  /** CPU time of the whole process, garbage collection included. */
  readonly coreSeconds: number
  /** CPU time of other programs on this machine meanwhile, core-seconds: the more, the longer `seconds`. */
  readonly otherCoreSeconds: number
  /** Number of processes that wanted a processor, over the last minute, before and after (getloadavg). */
  readonly loadAverage: readonly [before: number, after: number]
  /** CPU time of the computing threads by part, µs per submitted reading. */
  readonly microsecondsPerReading: Readonly<Record<BulkPart, number>>
  readonly memory: readonly MemoryWindow[]
  /** Number of totals, one per slot and neighbourhood, that equal the true sum. */
  readonly exact: number
  /** Number of slots lost by the protocol's rules. */
  readonly lost: number
  readonly lostMembersMissing: number
  readonly lostRefused: number
  /** Number of totals that are not the true sum. A run is good only without any. */
  readonly wrong: number
  /** Number of readings that were not submitted. */
  readonly missing: number
  readonly recoveredMembers: number
  readonly recoveredSlots: number
  readonly releases: number
  /** Sum of all totals in Wh, import and export: the same for the same seed. */
  readonly totals: readonly [number, number]
}

const NOT_COMPUTED = [
  'X25519 key agreements, one for each neighbour at the start of a season: both ends of an edge are handed its secret, drawn from the seed',
  'signatures, message encoding, hashes and journals',
  'sockets, Noise, gossip, and the waiting for deadlines',
  'disputes and silent neighbours: whoever is missing has crashed before submitting, everybody else answers in time'
]

const SOURCES: Readonly<Record<MillionReadings, string>> = {
  households: 'synthetic households of packages/load-profiles, whole Wh of import and export',
  uniform: 'uniform numbers, whole Wh from 0 to 999 by a hash of seed, household, slot and lane; no home behaves like that'
}

/** Running sums over the pieces that came. */
class Account {
  readonly counts = {
    exact: 0,
    wrong: 0,
    lostMembersMissing: 0,
    lostRefused: 0,
    readings: 0,
    missing: 0,
    recoveredMembers: 0,
    recoveredSlots: 0,
    releases: 0
  }
  readonly totals: [number, number] = [0, 0]
  readonly parts = Object.fromEntries(BULK_PARTS.map(part => [part, 0])) as Record<BulkPart, number>
  readonly memory: MemoryWindow[] = []
  readonly #begin = performance.now()
  readonly #of: number
  households = 0
  #peak = 0

  constructor(of: number) {
    this.#of = of
  }

  get seconds(): number {
    return (performance.now() - this.#begin) / 1000
  }

  get progress(): MillionProgress {
    const { households, seconds } = this
    return { households, of: this.#of, seconds, remaining: (seconds / households) * (this.#of - households) }
  }

  look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
  }

  add({ households, result, parts }: MillionPiece): void {
    this.households += households
    for (const name of Object.keys(this.counts) as (keyof Account['counts'])[]) this.counts[name] += result[name]
    for (const lane of [0, 1] as const) this.totals[lane] += Number(result.totals[lane])
    for (const part of BULK_PARTS) this.parts[part] += parts[part]
    if (this.households < ((this.memory.length + 1) * this.#of) / MEMORY_WINDOWS) return
    this.look()
    this.memory.push({ households: this.households, seconds: this.seconds, peakRssBytes: this.#peak })
    this.#peak = 0
  }
}

/** Gives the time that all processors have been busy since the machine was started, s. */
function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000
}

/** Shares the work among threads; resolves once all of it is accounted for, rejects with the first failure. */
async function compute(work: MillionWork, threads: number, signal: AbortSignal | undefined, each: (piece: MillionPiece) => void) {
  signal?.throwIfAborted()
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./worker.ts', import.meta.url), { workerData: work, execArgv: [], resourceLimits: HEAP })
  )
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>()
  const onAbort = (): void => stop(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const finished = workers.map(worker => {
    worker.on('message', each)
    return new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', code => (code === 0 ? resolve() : reject(new HushgridError(`thread: expected exit code 0, got ${code}`))))
    })
  })
  try {
    await Promise.race([Promise.all(finished), stopped])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    // Leaves nothing to take, so that each thread ends after its neighbourhood. Node 26 aborts where a thread is terminated while
    // it still loads its modules.
    Atomics.store(new Int32Array(work.next), 0, work.neighbourhoods)
    await Promise.allSettled(finished)
  }
}

/**
 * Computes the day.
 *
 * @throws InvalidArgumentError on an option out of range; NoDegreeError where no degree does
 * @throws whatever a thread throws, or the signal's reason
 */
export async function runMillion(options: MillionOptions = {}): Promise<MillionResult> {
  const { work, day, members, threads } = planMillion(options)
  const { households, neighbourhoods, slots } = work
  const [before = 0] = loadavg()
  const [busy, own] = [busySeconds(), process.cpuUsage()]
  const account = new Account(households)
  const timer = setInterval(() => {
    account.look()
    if (account.households > 0) options.progress?.(account.progress)
  }, LOOK_MS)
  try {
    await compute(work, threads, options.signal, piece => account.add(piece))
  } finally {
    clearInterval(timer)
  }
  options.progress?.(account.progress)
  const { seconds, counts } = account
  const used = process.cpuUsage(own)
  const coreSeconds = (used.user + used.system) / 1e6
  const counted = counts.exact + counts.wrong + counts.lostMembersMissing + counts.lostRefused
  if (account.households !== households || counted !== neighbourhoods * slots)
    throw new HushgridError(
      `million: expected ${neighbourhoods * slots} slots of ${households} households, got ${counted} of ${account.households}`
    )
  return {
    households,
    neighbourhoods,
    members,
    degree: Math.max(...[...work.degrees].map(([n, degree]) => Math.min(degree, n - 1))),
    recovery: 'edge-release',
    slotSeconds: work.slotSeconds,
    slots,
    day,
    missingFraction: work.missing,
    seed: work.seed,
    lanes: account.totals.length,
    threads,
    readingSource: SOURCES[work.readings],
    notComputed: NOT_COMPUTED,
    seconds,
    coreSeconds,
    otherCoreSeconds: Math.max(0, busySeconds() - busy - coreSeconds),
    loadAverage: [before, loadavg()[0] ?? 0],
    microsecondsPerReading: Object.fromEntries(BULK_PARTS.map(part => [part, account.parts[part] / counts.readings])) as Record<
      BulkPart,
      number
    >,
    memory: account.memory,
    ...counts,
    lost: counts.lostMembersMissing + counts.lostRefused,
    totals: account.totals
  }
}
