// Order of runs in time: simulated ones side by side, live ones by themselves.
import type { RunOrder } from '../record/order.ts'
import type { RunPoint } from '../record/run.ts'

/** Most runs side by side, by drive. */
export type Jobs = Readonly<Record<RunPoint['drive'], number>>

/**
 * Starts runs in their order, each as soon as there is room for it. Runs of one drive never overlap with those of the other,
 * since nodes in real time are late beside what computes.
 *
 * @param run - runs an order; must not reject but where all is to end
 */
export async function inOrder(
  orders: readonly RunOrder[],
  jobs: Jobs,
  { run, signal }: { readonly run: (order: RunOrder) => Promise<void>; readonly signal: AbortSignal }
): Promise<void> {
  const running = new Set<Promise<void>>()
  let drive: RunPoint['drive'] | undefined
  for (const order of orders) {
    const next = order.point.drive
    while (running.size > 0 && (running.size >= jobs[next] || next !== drive)) await Promise.race(running)
    if (signal.aborted) break
    drive = next
    const one = run(order).finally(() => running.delete(one))
    running.add(one)
  }
  await Promise.all(running)
}
