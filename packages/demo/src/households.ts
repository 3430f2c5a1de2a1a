import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { HouseholdOrder, MadeHousehold } from './household.ts'

/**
 * Makes all households, on all cores: sealing and opening a month are some thousand commitments each.
 *
 * @param made - takes the number of households done
 */
export async function makeHouseholds(
  orders: readonly HouseholdOrder[],
  made: (count: number) => void,
  signal: AbortSignal
): Promise<MadeHousehold[]> {
  const done: MadeHousehold[] = []
  const threads = Math.min(availableParallelism(), orders.length)
  const runs = Array.from({ length: threads }, (_, thread) =>
    runThread(
      orders.filter((_, i) => i % threads === thread),
      household => {
        done.push(household)
        made(done.length)
      },
      signal
    )
  )
  await Promise.all(runs)
  return done.sort((a, b) => a.household - b.household)
}

async function runThread(orders: readonly HouseholdOrder[], made: (household: MadeHousehold) => void, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL('./household-worker.ts', import.meta.url), { workerData: orders })
  const end = (): void => void worker.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', made)
      worker.on('error', reject)
      worker.on('exit', () => resolve())
    })
  } finally {
    signal.removeEventListener('abort', end)
  }
  signal.throwIfAborted()
}
