// Threads of the process, counted: none may be left when a test is over.
import type { Worker } from 'node:worker_threads'

/** Threads that run. */
export const RUNNING: ReadonlySet<Worker> = watched()
let started = 0

/** How many were started since the last question. */
export function startedThreads(): number {
  const count = started
  started = 0
  return count
}

function watched(): Set<Worker> {
  const running = new Set<Worker>()
  process.on('worker', thread => {
    started++
    running.add(thread)
    thread.once('exit', () => running.delete(thread))
  })
  return running
}
