// The thread that checks the bills that customers bring, started by BillThread and by nothing else.
import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer, ThreadJob } from './bill-pool.ts'
import { faultOf } from './verify-bills.ts'
import { BillsByPrices } from '@hushgrid/billing'

let bills = new BillsByPrices({ slotSeconds: 1, tariffs: [] })

parentPort?.on('message', (job: ThreadJob) => {
  if (job.type === 'stop') parentPort?.close()
  else if (job.type === 'terms') bills = new BillsByPrices(job.terms)
  else parentPort?.postMessage(answer(job.bill))
})

function answer(bill: Uint8Array): ThreadAnswer {
  try {
    return { proven: bills.check(bill) }
  } catch (cause) {
    return faultOf(cause)
  }
}
