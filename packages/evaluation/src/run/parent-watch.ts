import { workerData } from 'node:worker_threads'

/** Time between two looks, ms. */
const EVERY = 500

// A process whose parent has ended gets another.
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, EVERY)
