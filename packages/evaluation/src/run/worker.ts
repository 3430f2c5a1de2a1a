// Process of one run: takes its order, runs it, and tells the result. A run of its own process has memory, compiler and
// failures of its own.
import { enableCompileCache } from 'node:module'
import { Worker } from 'node:worker_threads'
import { HushgridError } from '@hushgrid/primitives'
import type { FromRun, RunModule, ToRun } from './context.ts'

// Compiling what a run loads would take a second of each; the cache is Node's own, in the system's folder for such.
enableCompileCache()
const ended = new AbortController()
// Ends this process with the one that started it, also while a run keeps the event loop from hearing of it. That one names
// itself: it may be gone before this process can look who it was.
new Worker(new URL('./parent-watch.ts', import.meta.url), { workerData: Number(process.argv[2]) }).unref()

process.once('message', (message: ToRun) => {
  void runOne(message)
})

async function runOne({ order, module }: ToRun): Promise<void> {
  // Live nodes are put away in order; what runs in virtual time has nothing to put away, and ends at once.
  if (order.point.drive === 'live') for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ended.abort(name))
  const warn = (text: string): void => void tell({ type: 'warn', text })
  try {
    const { run } = (await import(module)) as RunModule
    await tell({ type: 'ran', run: await run(order, { warn, signal: ended.signal }) })
  } catch (cause) {
    const { name, message, stack } = cause as Error
    const isOurs = cause instanceof HushgridError
    await tell({ type: 'failed', message: isOurs ? message : `${name}: ${message}`, stack: isOurs ? undefined : stack })
  }
  process.exit(0)
}

function tell(message: FromRun): Promise<void> {
  return new Promise(resolve => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(message, () => resolve())
  })
}
